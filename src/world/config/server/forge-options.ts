import type { Option } from '../option.ts';
import { choice, secret, text, webAddress } from '../shapes.ts';

/** What may be said of one forge. */
export const forgeOptions: readonly Option[] = [
  {
    name: 'kind',
    text: 'What it is.',
    shape: choice('github', 'gitlab'),
    default: null,
    examples: ['gitlab'],
    required: true,
  },
  text(
    'url',
    'Address of its pages; https://github.com or https://gitlab.com when left out. Variables: `GHE_HOST` with `GHE_PROTOCOL`, `GITLAB_URL`.',
    webAddress,
    'https://gitlab.example.com',
  ),
  {
    name: 'appId',
    text: 'GitHub: id of the App. Variable: `APP_ID`.',
    shape: { kind: 'count', least: 1, most: 2_147_483_647 },
    default: null,
    examples: [12_345],
  },
  ...secret('privateKey', 'the private key of the GitHub App, PEM or base64 of it', 'PRIVATE_KEY'),
  ...secret('token', 'an access token of GitLab with the scope `api`', 'GITLAB_TOKEN'),
  ...secret('webhookSecret', 'the secret of its webhooks', 'WEBHOOK_SECRET'),
  ...secret('oldWebhookSecret', 'the secret of its webhooks that is being replaced', 'WEBHOOK_SECRET_OLD'),
  ...secret('signingSecret', 'the signing token (`whsec_…`) of webhooks of GitLab', 'GITLAB_SIGNING_SECRET'),
];
