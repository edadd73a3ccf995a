import { z } from 'zod';
import { VetoWire } from './veto.js';

/** The content type of every answer that is not 2xx (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** The body of every answer that is not 2xx: what is wrong, and what to do instead. */
export const ProblemDetailsWire = z.object({
  /** Of the kind of problem, by its code; nothing is served there. */
  type: z.string(),
  /** The phrase of the status. */
  title: z.string(),
  status: z.int(),
  /** What happened, in words. */
  detail: z.string(),
  /** The path that was asked for. */
  instance: z.string(),
  /** Stable; docs/errors.md explains it. */
  code: z.string(),
  remedy: z.string(),
  /** As in the header of the answer, in the log and in the audit. */
  requestId: z.string(),
  /** All that stands in the way, where that is why. */
  vetoes: z.array(VetoWire).optional(),
});
export type ProblemDetails = z.infer<typeof ProblemDetailsWire>;

/** Header of any request and of its answer: what it is called in the log, the audit and a problem. */
export const REQUEST_ID = 'x-request-id';
