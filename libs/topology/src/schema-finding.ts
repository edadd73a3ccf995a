import type { z } from 'zod';
import type { Finding } from './checks/finding.js';
import type { Path } from './problem.js';

/** What to write instead, where the schema does not say it in its own words. */
export const expectation: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return `a ${issue.expected === 'object' ? 'map' : issue.expected}`;
  if (issue.code !== 'invalid_value') return undefined;
  return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
};

export function schemaFinding(issue: z.core.$ZodIssue, content: unknown): Finding {
  const path = issue.path as Path;
  const [unknownKey] = issue.code === 'unrecognized_keys' && !isSecret(path) ? issue.keys : [];
  if (unknownKey === undefined) return { at: path, found: describe(content, path), expected: issue.message };
  return { at: [...path, unknownKey], found: `the unknown key ${unknownKey}`, expected: issue.message };
}

/** What stands below these keys is never shown. */
const SECRET = /^(password|secret\w*|privateKey|token)$/i;
const isSecret = (path: Path): boolean => path.some((part) => typeof part === 'string' && SECRET.test(part));

function describe(content: unknown, path: Path): string {
  const value = path.reduce<unknown>((inside, key) => (isContainer(inside) ? inside[key] : undefined), content);
  if (value === undefined || value === null) return 'nothing';
  if (isSecret(path)) return 'something else (not shown)';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  return JSON.stringify(typeof value === 'string' ? value.replace(/\/\/[^/]*@/, '//…@') : value);
}

const isContainer = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;
