/** A cluster that an Argo CD knows, as its Secret says. */
export interface KnownCluster {
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
  /** The project it belongs to; '' for all. */
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
