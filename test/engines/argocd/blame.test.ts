import { expect, test } from '@jest/globals';
import { isBeyondCommit } from '../../../src/engines/argocd/blame.ts';

test.each([
  'Get "https://charts.example.com/index.yaml": EOF',
  'Get "https://charts.example.com/index.yaml": unexpected EOF',
  'rpc error: code = Unknown desc = error reading from server: EOF',
  'failed to get git client: unexpected client error: unexpected requesting "https://git" status code: 502',
  'looks like "https://charts.example.com" is not a valid chart repository: 503 Service Unavailable',
  'response status code 504: Gateway Timeout',
  'unexpected status from GET request to https://registry: 429',
  'Get "https://git": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  '`helm dependency build` failed timeout after 1m30s',
  'fatal: unable to access: Failed to connect to git port 443: Connection timed out',
  'pulling image: 401 Unauthorized',
  'dial tcp 10.0.0.1:443: connect: connection refused',
  'read tcp 10.0.0.1:443: read: connection reset by peer',
  'dial tcp 10.0.0.1:443: connect: no route to host',
  'dial tcp: lookup git.example.com: no such host',
  'dial tcp 10.0.0.1:443: i/o timeout',
  'net/http: TLS handshake timeout',
  'authentication required: Repository not found.',
  'API rate limit exceeded for 10.0.0.1',
  'fatal: the remote end hung up unexpectedly',
  'rpc error: code = Unknown desc = context canceled',
  '`kustomize build` failed signal: killed',
  'write /tmp/x: no space left on device',
])('another commit would not help against: %s', (message) => {
  expect(isBeyondCommit(message)).toBe(true);
});

test.each([
  'kustomize build failed exit status 1: Error: accumulating resources: open absent.yaml: no such file or directory',
  'parse error at (web/templates/deployment.yaml:12): unexpected EOF',
  'error calculating structured merge diff: .spec.timeout: field not declared in schema',
  'Deployment.apps "web" is invalid: spec.template.spec.containers[0].livenessProbe.timeoutSeconds: Invalid value: -1',
  'Service "web" is invalid: spec.ports[0].port: Invalid value: 50200',
  'values do not meet the specifications of the schema: http: 502 is not one of the allowed values',
])('the commit is to blame for: %s', (message) => {
  expect(isBeyondCommit(message)).toBe(false);
});
