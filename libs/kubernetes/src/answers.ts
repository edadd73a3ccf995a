import { OutcomeUnknownError, SignalboxError, UnavailableError } from '#libs/domain';
import { z } from 'zod';
import {
  AdmissionRefusedError,
  KubernetesConflictError,
  KubernetesForbiddenError,
  KubernetesInvalidError,
  KubernetesMissingError,
} from './errors.js';

/** `Status`, which the API server answers instead of what was asked for. */
const Status = z.looseObject({
  message: z.string().default(''),
  reason: z.string().default(''),
  details: z
    .looseObject({ causes: z.array(z.looseObject({ message: z.string().default('') })).default([]) })
    .default({ causes: [] }),
});

export interface Asked {
  /** What was asked for, for messages: `ConfigMap orders/clients`. */
  readonly what: string;
  /** Whether it may have changed something. */
  readonly isWrite: boolean;
}

/** What an answer other than success means. */
export function failureFrom(code: number, text: string, asked: Asked): SignalboxError {
  const { message, causes } = statusIn(text);
  const said = `${asked.what}: the API server answers ${code}${message && `, ${message}`}`;
  const isByPolicy = /ValidatingAdmissionPolicy|admission webhook/.test(message) || (code === 403 && causes > 0);
  if (isByPolicy && (code === 403 || code === 422 || code === 400)) return new AdmissionRefusedError(said);
  switch (code) {
    case 401:
      return new KubernetesForbiddenError(`${said}. Renew the token or the certificate that access names`);
    case 403:
      return new KubernetesForbiddenError(`${said}. Grant it to us in that namespace, by a Role for just this name`);
    case 404:
    case 410:
      return new KubernetesMissingError(`${said}. Create it, or correct its name in signalbox.yaml`);
    case 409:
      return new KubernetesConflictError(said);
    case 429:
      return new UnavailableError(said);
    default:
      if (code < 500) return new KubernetesInvalidError(said);
      return asked.isWrite ? new OutcomeUnknownError(said) : new UnavailableError(said);
  }
}

/** What a call without an answer means. Only what was refused at the door cannot have happened. */
export function failureWithout(error: unknown, asked: Asked): SignalboxError {
  if (error instanceof SignalboxError) return error;
  const code = codeOf(error);
  const said = `${asked.what}: the API server does not answer (${code})`;
  const isUnasked = UNASKED.some((each) => code.startsWith(each));
  return asked.isWrite && !isUnasked
    ? new OutcomeUnknownError(said, { cause: error })
    : new UnavailableError(said, { cause: error });
}

const UNASKED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return codeOf(error.cause);
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function statusIn(text: string): { readonly message: string; readonly causes: number } {
  try {
    const { message, details } = Status.parse(JSON.parse(text));
    const causes = details.causes
      .map((cause) => cause.message)
      .filter((each) => each !== '' && !message.includes(each));
    return { message: [message, ...causes].join(': ').slice(0, SHOWN_MAX), causes: details.causes.length };
  } catch {
    return { message: text.slice(0, SHOWN_MAX), causes: 0 };
  }
}

const SHOWN_MAX = 600;
