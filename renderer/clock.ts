/**
 * The machine's clock, as its user reads it. The window has no simulator: what it shows is how long ago something was.
 */
export function presentMs(): number {
  // eslint-disable-next-line lockstep/time-is-handed-in -- the one place of the window
  return Date.now();
}

/** Minutes that the machine's time zone is ahead of UTC. */
export function utcOffsetMinutes(): number {
  return -new Date(presentMs()).getTimezoneOffset();
}
