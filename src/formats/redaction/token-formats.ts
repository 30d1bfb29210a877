/** A token that is known by its looks. */
export interface TokenFormat {
  /** With its article, such as `an AWS access key id`. */
  readonly kind: string;
  /**
   * Global, and linear: no part can match what its neighbour matches. Not inside a longer word, which base64 is full of. Its group
   * holds what stands before the token and gives it away, such as a name; mostly nothing.
   */
  readonly pattern: RegExp;
  /** One of these stands in every match; a text without them is not searched. */
  readonly marks: readonly string[];
}

/** Tokens as their issuers describe them, and as secret scanners of the field know them. */
export const tokenFormats: readonly TokenFormat[] = [
  {
    kind: 'an AWS access key id',
    pattern: /(?<![A-Za-z0-9+/=_-])()(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9+/=_])/g,
    marks: ['AKIA', 'ASIA'],
  },
  named('an AWS secret access key', /aws_secret_access_key/, /[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/, [
    'aws_secret_access_key',
    'AWS_SECRET_ACCESS_KEY',
  ]),
  word('a GitHub token', /gh[pousr]_[A-Za-z0-9]{36,251}/, ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_']),
  word('a GitHub token', /github_pat_[A-Za-z0-9_]{36,251}/, ['github_pat_']),
  word('a GitLab token', /(?:gl(?:pat|ptt|dt|rt|rtr|cbt|ft|soat|oas|imt|agent|wt)-|GR1348941)[A-Za-z0-9_.-]{20,300}/, [
    'gl',
    'GR1348941',
  ]),
  word('a Slack token', /(?:xox[abceoprs]|xapp)-[A-Za-z0-9-]{10,250}/, ['xox', 'xapp-']),
  word(
    'a Slack webhook',
    /hooks\.slack\.com\/services\/T[A-Za-z0-9_]{6,20}\/B[A-Za-z0-9_]{6,20}\/[A-Za-z0-9_]{16,40}/,
    ['hooks.slack.com'],
  ),
  word('a Discord webhook', /discord(?:app)?\.com\/api\/webhooks\/[0-9]{17,20}\/[A-Za-z0-9_-]{60,80}/, [
    '/api/webhooks/',
  ]),
  word('a Google API key', /AIza[A-Za-z0-9_-]{35}/, ['AIza']),
  word('a Google OAuth secret', /GOCSPX-[A-Za-z0-9_-]{28}/, ['GOCSPX-']),
  word('a Google OAuth token', /ya29\.[A-Za-z0-9_-]{30,500}/, ['ya29.']),
  named('an Azure storage key', /AccountKey/, /[A-Za-z0-9+/]{86}==/, ['AccountKey']),
  named('an Azure shared access key', /SharedAccessKey/, /[A-Za-z0-9+/]{43}=/, ['SharedAccessKey']),
  {
    kind: 'an Azure shared access signature',
    pattern: /(?<=[?&;])(sig=)[A-Za-z0-9%+/]{40,130}={0,2}/g,
    marks: ['sig='],
  },
  {
    kind: 'an Azure client secret',
    pattern: /(?<![A-Za-z0-9_~.-])()[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
    marks: ['Q~'],
  },
  word('an npm token', /npm_[A-Za-z0-9]{36}/, ['npm_']),
  word('a PyPI token', /pypi-AgE[A-Za-z0-9_-]{50,500}/, ['pypi-AgE']),
  word('a RubyGems key', /rubygems_[a-f0-9]{48}/, ['rubygems_']),
  word('a Docker Hub token', /dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,60}/, ['dckr_']),
  word('a Hugging Face token', /hf_[A-Za-z]{34}/, ['hf_']),
  word('an Anthropic key', /sk-ant-[a-z]{3,10}[0-9]{2}-[A-Za-z0-9_-]{40,200}/, ['sk-ant-']),
  word('an OpenAI key', /sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,250}/, ['sk-']),
  word('an OpenAI key', /sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}/, ['T3BlbkFJ']),
  word('a Stripe key', /[rs]k_live_[A-Za-z0-9]{16,250}/, ['k_live_']),
  word('a Stripe webhook secret', /whsec_[A-Za-z0-9+/]{32,64}/, ['whsec_']),
  word('a SendGrid key', /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/, ['SG.']),
  word('a Mailgun key', /key-[a-f0-9]{32}/, ['key-']),
  word('a Twilio key', /SK[a-f0-9]{32}/, ['SK']),
  named('a Twilio auth token', /TWILIO_AUTH_TOKEN/, /[a-f0-9]{32}(?![A-Za-z0-9])/, [
    'TWILIO_AUTH_TOKEN',
    'twilio_auth_token',
  ]),
  named('a Datadog key', /(?:DD|DATADOG)_(?:API|APP)_KEY/, /[a-f0-9]{32}(?:[a-f0-9]{8})?(?![A-Za-z0-9])/, [
    '_API_KEY',
    '_APP_KEY',
    '_api_key',
    '_app_key',
  ]),
  word('a HashiCorp Vault token', /hv[sbr]\.[A-Za-z0-9_-]{24,250}/, ['hvs.', 'hvb.', 'hvr.']),
  word('a Terraform Cloud token', /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,75}/, ['.atlasv1.']),
  word('a Grafana token', /glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}/, ['glsa_']),
  word('a Grafana token', /glc_[A-Za-z0-9+/]{32,400}/, ['glc_']),
  word('a DigitalOcean token', /do[opr]_v1_[a-f0-9]{64}/, ['_v1_']),
  word('a Shopify token', /shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{32}/, ['shp']),
  word('a Linear key', /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/, ['lin_']),
  word('a Doppler token', /dp\.(?:pt|st|ct|scim|audit|sa)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}/, ['dp.']),
  word('a Databricks token', /dapi[a-f0-9]{32}(?:-[0-9])?/, ['dapi']),
  word('a Pulumi token', /pul-[a-f0-9]{40}/, ['pul-']),
  word('a New Relic key', /NRAK-[A-Z0-9]{27}/, ['NRAK-']),
  word('a Postman key', /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/, ['PMAK-']),
  word('a Fly.io token', /fo1_[A-Za-z0-9_-]{43}/, ['fo1_']),
  word('a PlanetScale token', /pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.-]{32,64}/, ['pscale_']),
  word('an Atlassian token', /ATATT3[A-Za-z0-9_=-]{100,300}/, ['ATATT3']),
  word('a 1Password token', /ops_eyJ[A-Za-z0-9+/_-]{100,1500}/, ['ops_eyJ']),
  word('a Tailscale key', /tskey-[a-z]{2,10}-[A-Za-z0-9]{8,32}-[A-Za-z0-9]{16,64}/, ['tskey-']),
  word('a Sentry token', /sntry[us]_[A-Za-z0-9+/=_-]{40,400}/, ['sntry']),
  word('an age secret key', /AGE-SECRET-KEY-1[A-Z0-9]{58}/, ['AGE-SECRET-KEY-1']),
  word('a JSON web token', /(?<!-)eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{20,1000}/, ['eyJ']),
];

function word(kind: string, core: RegExp, marks: readonly string[]): TokenFormat {
  const pattern = new RegExp(`(?<![A-Za-z0-9_])()${core.source}(?![A-Za-z0-9_])`, 'g');
  return { kind, pattern, marks };
}

/** A value that only its name gives away: `NAME=VALUE`, `name: "VALUE"`. */
function named(kind: string, name: RegExp, value: RegExp, marks: readonly string[]): TokenFormat {
  const pattern = new RegExp(
    `((?:${name.source})[\\\\"']{0,3}[ \\t]{0,8}[:=][ \\t]{0,8}[\\\\"']{0,3})${value.source}`,
    'gi',
  );
  return { kind, pattern, marks };
}
