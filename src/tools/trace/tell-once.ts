/** Tells of a fault once, however often it comes: a collector that is gone stays gone for every span. */
export function tellOnce(tell: (error: unknown) => void): (error: unknown) => void {
  let isTold = false;
  return (error) => {
    if (!isTold) tell(error);
    isTold = true;
  };
}
