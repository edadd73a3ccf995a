/** How a process of ours ends. @see sysexits(3) */
export const EXIT_CODE = {
  stopped: 0,
  /** It did not stop in time when it was told to. */
  stopTimedOut: 1,
  /** Something it cannot start without is not there; the same start can succeed later. */
  unavailable: 69,
  /** A bug of ours; the successor resumes from the journal. */
  software: 70,
  /** The configuration is wrong; starting again changes nothing. */
  config: 78,
} as const;
