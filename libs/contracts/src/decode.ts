import { SignalboxError } from '#libs/domain';
import type { z } from 'zod';

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: MalformedError };

/** What was read is not what its key or topic promises; says which part of it. Never shows values. */
export class MalformedError extends SignalboxError {
  readonly code = 'SB_MALFORMED';
  readonly retryable = false;

  /** `what` names the record: a journal key, a topic and offset, a request. */
  constructor(what: string, detail: string, options?: ErrorOptions) {
    super(`${what} is malformed: ${detail}`, options);
  }
}

/** It is what it should be, and nobody who may say so has signed it: somebody else writes there, or a key is missing. */
export class ForgedError extends MalformedError {}

/** Reads a record that another process wrote. `what` names it in the problem. Fields of newer versions are dropped. */
export function decode<S extends z.ZodType>(schema: S, text: string, what: string): Decoded<z.output<S>> {
  const parsed = parseJson(text, what);
  return parsed.ok ? decodeValue(schema, parsed.value, what) : parsed;
}

/** As `decode`, for a record without which nothing can go on. @throws MalformedError */
export function decodeOrThrow<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  const decoded = decode(schema, text, what);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}

export function parseJson(text: string, what: string): Decoded<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, problem: new MalformedError(what, 'it is no JSON', { cause: error }) };
  }
}

export function decodeValue<S extends z.ZodType>(schema: S, value: unknown, what: string): Decoded<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const detail = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
  return { ok: false, problem: new MalformedError(what, detail) };
}

export const forged = (what: string, detail: string): Decoded<never> => ({
  ok: false,
  problem: new ForgedError(what, detail),
});

export const malformed = (what: string, detail: string): Decoded<never> => ({
  ok: false,
  problem: new MalformedError(what, detail),
});
