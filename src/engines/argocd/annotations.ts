/** Annotations of an Application that the engine reads or writes. */
export const annotations = {
  /** There while a comparison with Git is asked for; the controller takes it away in the write that holds the answer. */
  refresh: 'argocd.argoproj.io/refresh',
  /** Tells two requests apart; older controllers do not read it. */
  refreshTimestamp: 'argocd.argoproj.io/refresh-timestamp',
  /** Pauses an Application when `true`. */
  skipReconcile: 'argocd.argoproj.io/skip-reconcile',
  /** Ours, also the name under which a sync's info tells of it: the deployment whose one sync was started. */
  deployment: 'fairlead.dev/deployment',
} as const;
