import { readFile } from 'node:fs/promises';
import { SignalboxError } from '#libs/domain';

/** A secret cannot be read. Names the reference, never the content. */
export class SecretError extends SignalboxError {
  readonly code = 'SB_SECRET_UNREADABLE';
  readonly retryable = false;
}

/** Reads a referenced secret, without the line end editors add. `purpose` names it in errors. @throws SecretError */
export async function readSecret(ref: { readonly file: string }, purpose: string): Promise<string> {
  const text = await readFile(ref.file, 'utf8').catch((error: unknown) => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable';
    throw new SecretError(`The ${purpose} cannot be read from ${ref.file}: ${code}. Put it there, readable by us.`);
  });
  const secret = text.replace(/\r?\n$/, '');
  if (secret.trim() === '') throw new SecretError(`The ${purpose} in ${ref.file} is empty. Put it there.`);
  return secret;
}
