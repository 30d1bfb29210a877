/** Failures in a row after which GitLab switches a webhook off for a while, and for good. */
const [FEW, MANY] = [4, 40];

/** Milliseconds it is switched off for at first, doubled with each further failure, and at most. */
const [SHORTEST, LONGEST] = [60_000, 24 * 3_600_000];

/** Whether a webhook is switched off (GitLab's `WebHooks::AutoDisabling`). It never is before `turnOn` was called. */
export interface SwitchedOff {
  readonly status: 'executable' | 'temporarily_disabled' | 'disabled';
  readonly until: Date | null;
  /** The feature, which GitLab.com has and a server of one's own may lack. */
  turnOn(): void;
  /** Hears what a delivery was answered; 0 when nothing came. */
  heard(status: number): void;
}

/** A webhook that did not fail yet. */
export function createSwitch(now: () => Date): SwitchedOff {
  let isOn = false;
  let failures = 0;
  let until: Date | null = null;
  return {
    get status() {
      if (!isOn || failures < FEW) return 'executable';
      if (failures >= MANY) return 'disabled';
      return until !== null && until > now() ? 'temporarily_disabled' : 'executable';
    },
    get until() {
      return until;
    },
    turnOn: () => {
      isOn = true;
    },
    heard: (status) => {
      failures = status >= 200 && status < 300 ? 0 : failures + 1;
      const pause = Math.min(SHORTEST * 2 ** Math.max(failures - FEW, 0), LONGEST);
      until = failures < FEW ? null : new Date(now().getTime() + pause);
    },
  };
}
