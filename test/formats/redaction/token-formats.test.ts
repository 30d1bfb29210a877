import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { tokenFormats } from '../../../src/formats/redaction/token-formats.ts';
import { HIDDEN } from '../../../src/model/redacted.ts';

const letters = 'aB3dE5gH7jK9mN1pQ4sT6vX8zA2cD4fG6hJ8kL1nP3rS5tU7wY9';

/** Text of this length that looks as if it were drawn by chance. */
function mixed(length: number): string {
  return letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
}

function hex(length: number): string {
  return '3fa94c0be71d52688f0a'.repeat(Math.ceil(length / 20)).slice(0, length);
}

function alpha(length: number): string {
  return mixed(4 * length)
    .replaceAll(/[0-9]/g, '')
    .slice(0, length);
}

/** Format, a token of it, and a text that is nearly one. Written in parts, so that this file holds no token itself. */
const cases: readonly (readonly [kind: string, token: string, nearly: string])[] = [
  ['an AWS access key id', `AKIA${'J7QX'.repeat(4)}`, `AKIA${'J7QX'.repeat(3)}`],
  ['an AWS secret access key', `aws_secret_access_key = ${mixed(40)}`, `aws_secret_access_key = ${mixed(38)}`],
  ['a GitHub token', `ghp_${mixed(36)}`, `ghp_${mixed(9)}`],
  ['a GitHub token', `github_pat_${mixed(40)}`, `github_pat_${mixed(9)}`],
  ['a GitLab token', `glpat-${mixed(20)}`, `glpat-${mixed(9)}`],
  ['a GitLab token', `glagent-${mixed(50)}`, `glagent-${mixed(9)}`],
  ['a GitLab token', `glrtr-${mixed(20)}`, `glrtr-${mixed(9)}`],
  ['a GitLab token', `GR1348941${mixed(20)}`, `GR1348941${mixed(9)}`],
  ['a Slack token', `xoxb-${mixed(24)}`, `xoxb-${mixed(4)}`],
  ['a Slack token', `xapp-1-${mixed(24)}`, `xapp-${mixed(4)}`],
  [
    'a Slack webhook',
    `hooks.slack.com/services/T${mixed(8)}/B${mixed(8)}/${mixed(24)}`,
    'hooks.slack.com/services/T/B/x',
  ],
  ['a Discord webhook', `discord.com/api/webhooks/123456789012345678/${mixed(68)}`, 'discord.com/api/webhooks/1/x'],
  ['a Google API key', `AIza${mixed(35)}`, `AIza${mixed(20)}`],
  ['a Google OAuth secret', `GOCSPX-${mixed(28)}`, `GOCSPX-${mixed(20)}`],
  ['a Google OAuth token', `ya29.${mixed(60)}`, `ya29.${mixed(20)}`],
  ['an Azure storage key', `AccountKey=${mixed(86)}==`, `AccountKey=${mixed(40)}`],
  ['an Azure shared access key', `SharedAccessKey=${mixed(43)}=`, `SharedAccessKeyName=${mixed(12)}`],
  ['an Azure shared access signature', `?sv=1&sig=${mixed(43)}%3D`, '?sv=1&sig=short'],
  ['an Azure client secret', `abC8Q~${mixed(34)}`, `abC8Q~${mixed(10)}`],
  ['an npm token', `npm_${mixed(36)}`, `npm_${mixed(30)}`],
  ['a PyPI token', `pypi-AgE${mixed(80)}`, `pypi-${mixed(40)}`],
  ['a RubyGems key', `rubygems_${hex(48)}`, `rubygems_${hex(20)}`],
  ['a Docker Hub token', `dckr_pat_${mixed(27)}`, `dckr_pat_${mixed(9)}`],
  ['a Hugging Face token', `hf_${alpha(34)}`, `hf_${alpha(20)}`],
  ['an Anthropic key', `sk-ant-api03-${mixed(80)}`, `sk-ant-${mixed(10)}`],
  ['an OpenAI key', `sk-proj-${mixed(60)}`, `sk-proj-${mixed(10)}`],
  ['an OpenAI key', `sk-${mixed(20)}T3BlbkFJ${mixed(20)}`, `sk-${mixed(20)}`],
  ['a Stripe key', `sk_live_${mixed(24)}`, `sk_test_${mixed(24)}`],
  ['a Stripe webhook secret', `whsec_${mixed(32)}`, `whsec_${mixed(9)}`],
  ['a SendGrid key', `SG.${mixed(22)}.${mixed(43)}`, `SG.${mixed(22)}`],
  ['a Mailgun key', `key-${hex(32)}`, `key-${hex(20)}`],
  ['a Twilio key', `SK${hex(32)}`, `SK${hex(20)}`],
  ['a Twilio auth token', `TWILIO_AUTH_TOKEN: ${hex(32)}`, 'TWILIO_AUTH_TOKEN: from-secret'],
  ['a Datadog key', `DD_API_KEY="${hex(32)}"`, 'DD_API_KEY="from-secret"'],
  ['a HashiCorp Vault token', `hvs.${mixed(90)}`, `hvs.${mixed(9)}`],
  ['a Terraform Cloud token', `${mixed(14)}.atlasv1.${mixed(67)}`, `${mixed(14)}.atlasv1.${mixed(9)}`],
  ['a Grafana token', `glsa_${mixed(32)}_${hex(8)}`, `glsa_${mixed(32)}`],
  ['a Grafana token', `glc_${mixed(60)}`, `glc_${mixed(9)}`],
  ['a DigitalOcean token', `dop_v1_${hex(64)}`, `dop_v1_${hex(20)}`],
  ['a Shopify token', `shpat_${hex(32)}`, `shpat_${hex(20)}`],
  ['a Linear key', `lin_api_${mixed(40)}`, `lin_api_${mixed(9)}`],
  ['a Doppler token', `dp.st.prd.${mixed(42)}`, `dp.st.prd.${mixed(9)}`],
  ['a Databricks token', `dapi${hex(32)}`, `dapi${hex(20)}`],
  ['a Pulumi token', `pul-${hex(40)}`, `pul-${hex(20)}`],
  ['a New Relic key', `NRAK-${'A7KQ'.repeat(6)}XYZ`, 'NRAK-A7KQ'],
  ['a Postman key', `PMAK-${hex(24)}-${hex(34)}`, `PMAK-${hex(24)}`],
  ['a Fly.io token', `fo1_${mixed(43)}`, `fo1_${mixed(9)}`],
  ['a PlanetScale token', `pscale_tkn_${mixed(43)}`, `pscale_tkn_${mixed(9)}`],
  ['an Atlassian token', `ATATT3${mixed(180)}`, `ATATT3${mixed(9)}`],
  ['a 1Password token', `ops_eyJ${mixed(300)}`, `ops_eyJ${mixed(9)}`],
  ['a Tailscale key', `tskey-auth-${mixed(12)}-${mixed(32)}`, 'tskey-auth-short'],
  ['a Sentry token', `sntrys_${mixed(80)}`, `sntrys_${mixed(9)}`],
  ['an age secret key', `AGE-SECRET-KEY-1${'QZ7X'.repeat(14)}QZ`, 'AGE-SECRET-KEY-1QZ7X'],
  ['a JSON web token', `eyJ${mixed(20)}.eyJ${mixed(40)}.${mixed(43)}`, `eyJ${mixed(20)}.${mixed(3)}`],
];

const redactor = createRedactor({ key: new Uint8Array(32) });

describe('tokens of known formats', () => {
  test.each(cases)('%s is hidden and named', (kind, token) => {
    const secret =
      token
        .replace(/[="]+$/, '')
        .split(/[\s="&]+/)
        .at(-1) ?? token;

    const masked = redactor.text(`value: "${token}", next`);

    expect(masked).toMatch(/^value: ".*\(hidden\).*", next$|^value: ".*\(hidden\)%3D", next$/);
    expect(masked).not.toContain(secret.slice(0, 24));
    expect(kindsIn(`value: "${token}", next`)).toContain(kind);
  });

  test.each(cases)('%s is not taken for one when a part is missing', (_kind, _token, nearly) => {
    expect(redactor.text(`value: "${nearly}", next`)).toBe(`value: "${nearly}", next`);
    expect(kindsIn(`value: "${nearly}", next`)).toEqual([]);
  });

  test('has a case for every format', () => {
    const kinds = new Set(cases.map(([kind]) => kind));

    expect(tokenFormats.filter(({ kind }) => !kinds.has(kind))).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(tokenFormats.length);
  });

  test.each(cases)('%s inside a longer word is part of that word', (_kind, token) => {
    if (/[\s="&]/.test(token)) return;

    expect(kindsIn(`x${token}`)).toEqual([]);
  });

  test('every mark stands in what its pattern matches', () => {
    for (const { kind, pattern, marks } of tokenFormats) {
      const found = cases.filter(([name, token]) => name === kind && `"${token}"`.match(pattern) !== null);

      expect([kind, found.length > 0]).toEqual([kind, true]);
      expect([kind, found.every(([, token]) => marks.some((mark) => token.includes(mark)))]).toEqual([kind, true]);
    }
  });

  test('credentials in addresses and in a kubeconfig are hidden, what stands around them stays', () => {
    const told = (text: string) => redactor.text(text);

    expect(told('cloning https://oauth2:t0k3n@git.example/shop.git')).toBe(
      `cloning https://oauth2:${HIDDEN}@git.example/shop.git`,
    );
    expect(told(`cloning https://${hex(40)}@git.example/shop.git`)).toBe(
      `cloning https://${HIDDEN}@git.example/shop.git`,
    );
    expect(told(`    client-key-data: ${mixed(64)}\n`)).toBe(`    client-key-data: ${HIDDEN}\n`);
    expect(told('ssh://git@git.example/shop.git')).toBe('ssh://git@git.example/shop.git');
  });
});

function kindsIn(text: string): readonly string[] {
  return tokenFormats.flatMap(({ kind, pattern }) => (text.match(pattern) === null ? [] : [kind]));
}
