/** How a thing fares: in order, worth a look, wrong, or not to be known. */
export type DiagnosisState = 'ok' | 'warning' | 'fault' | 'unknown';

/** What kind of fault it is, for the exit code. */
export type FaultKind = 'wrong' | 'forbidden' | 'unreachable';

/** What was found out about one thing. Texts hold no secret. */
export interface Diagnosis {
  readonly state: DiagnosisState;
  /** `store`, `forge github`, `cluster prod-eu`, `repository acme/shop`. */
  readonly area: string;
  /** What was looked at: `webhook secret`. */
  readonly check: string;
  readonly says: string;
  /** What to do, as one sentence; '' where nothing is to be done. */
  readonly fix: string;
  /** Only of faults. */
  readonly kind?: FaultKind;
}

/** Something to look at. What it throws is told as its diagnosis. */
export interface Probe {
  readonly area: string;
  readonly check: string;
  look(signal: AbortSignal): Promise<readonly Diagnosis[]>;
}

/** Shorthands of one probe. */
export interface Teller {
  ok(says: string, check?: string): Diagnosis;
  warning(says: string, fix: string, check?: string): Diagnosis;
  fault(says: string, fix: string, more?: { readonly check?: string; readonly kind?: FaultKind }): Diagnosis;
  unknown(says: string, fix: string, check?: string): Diagnosis;
}

/** What a probe tells with. */
export function teller(area: string, check: string): Teller {
  const of = (state: DiagnosisState, says: string, fix: string, own = check): Diagnosis => {
    return { state, area, check: own, says, fix };
  };
  return {
    ok: (says, own) => of('ok', says, '', own),
    warning: (says, fix, own) => of('warning', says, fix, own),
    fault: (says, fix, { check: own, kind = 'wrong' } = {}) => ({ ...of('fault', says, fix, own), kind }),
    unknown: (says, fix, own) => of('unknown', says, fix, own),
  };
}
