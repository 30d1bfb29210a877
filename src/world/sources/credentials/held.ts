/** Something that is read when first needed, and again once it was forgotten. Faults are not kept. */
export class Held<T> {
  readonly #read: () => Promise<T>;
  #value: Promise<T> | null = null;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  get(): Promise<T> {
    if (this.#value !== null) return this.#value;
    const value = this.#read();
    this.#value = value;
    value.catch(() => {
      if (this.#value === value) this.#value = null;
    });
    return value;
  }

  forget(): void {
    this.#value = null;
  }
}
