/**
 * Whether a user name is one GitLab gives to something that is not a person: the bot behind a project or group access
 * token, a service account, the ghost of a deleted user, GitLab's own bots. People cannot choose most of these.
 */
export function isBotName(name: string): boolean {
  return /^(?:(?:project|group)_\d+_bot(?:_?\w+)?|service_account_\w+|ghost\d*|(?:alert|support)-bot\d*)$/i.test(name);
}
