/** Waits for a condition with a deadline: gives the first value that is not undefined, or throws what was waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 60_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not come within ${deadlineMs / 1000} s`);
}

/** Waits until something holds, with a deadline; throws what was waited for. */
export async function untilHolds(what: string, holds: () => Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  await until(what, async () => ((await holds()) ? true : undefined), deadlineMs);
}
