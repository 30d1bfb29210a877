/** A change of the settings that guards less than before, or lets more happen by itself. */
export interface Weakening {
  readonly at: readonly string[];
  /** What changes, from what to what. */
  readonly message: string;
}
