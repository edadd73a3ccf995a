import { canonicalOf, decodeValue, parseJson } from '#libs/contracts';
import type { z } from 'zod';

const LINE_FEED = 0x0a;

/** Lines with their line feed; a last one without it comes as it is. */
export function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** Reads a line, which must be spelled exactly as it was written. The value is as parsed, since hashes cover all of it. */
export function readLine<S extends z.ZodType>(schema: S, line: Uint8Array): Reading<z.output<S>> {
  const text = utf8Of(line);
  if (text === undefined) return bad('it is no UTF-8');
  if (!text.endsWith('\n')) return bad('it is not ended by a line feed');
  const parsed = parseJson(text, 'it');
  if (!parsed.ok) return bad('it is no JSON');
  const canonical = canonicalOf(parsed.value);
  if (canonical === undefined || text !== `${canonical}\n`) return bad('it is not in its canonical form');
  const decoded = decodeValue(schema, parsed.value, 'it');
  return decoded.ok ? { ok: true, value: parsed.value as z.output<S> } : bad(decoded.problem.message);
}

const bad = (reason: string) => ({ ok: false, reason }) as const;

/** Strict, since two different wrong byte sequences would otherwise become the same replacement character. */
function utf8Of(line: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined;
  }
}
