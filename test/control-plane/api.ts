import { request as httpsRequest } from 'node:https';

/** Where and as whom to ask. */
export interface Access {
  readonly server: string;
  readonly certificate: string;
  readonly token: string;
}

/** The server's raw answer. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One raw request to the API server, with no client library in between: the oracle and the fixture hand of tests. */
export function request(
  access: Access,
  method: string,
  path: string,
  body?: { readonly type: string; readonly text: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${access.token}`, ...(body ? { 'content-type': body.type } : {}) };
    const options = { method, headers, ca: access.certificate, timeout: 20_000 };
    const sent = httpsRequest(new URL(path, access.server), options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} got no answer in 20 s`))).on('error', reject);
    sent.end(body?.text);
  });
}
