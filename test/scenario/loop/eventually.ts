/** Asks again until there is something: like `until` for what must be awaited. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>, deadlineMs = 90_000): Promise<T> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come within ${deadlineMs / 1000} s`);
}
