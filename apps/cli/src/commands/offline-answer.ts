import { readFile } from 'node:fs/promises';
import { createPublicKey } from 'node:crypto';
import {
  ApprovalWire,
  decodeValue,
  signAnswer,
  signingKey,
  type ApprovalAnswer,
  type GivenAnswerBody,
} from '#libs/contracts';
import { isPending, messageOf, type Approval } from '#libs/domain';
import { loadTopology } from '#libs/topology';
import { show, type Outcome, type Session } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import type { Desk } from '../signalbox-command.js';
import { renderAnswer } from './approval.js';

export interface OfflineOptions {
  readonly reason?: string;
  readonly plan?: string;
  readonly group?: string;
  /** A file with what `signalbox approvals --json` printed. */
  readonly from?: string;
  readonly key?: string;
  readonly keyId?: string;
  readonly installation?: string;
  readonly for?: number;
}

type Decision = GivenAnswerBody['decision'];
/** What a token has to name, wherever it was read. */
type Question = Pick<Approval, 'id' | 'group' | 'planHash'>;

const VALID_MS = 900_000;

/** Whether everything that has to be signed was given, so that nobody needs to be asked. */
export const isAllGiven = ({ from, group, plan }: OfflineOptions): boolean =>
  from !== undefined || (group !== undefined && plan !== undefined);

/** Signs with nobody in sight: from a file, or from what was given. */
export const signHere = async (desk: Desk, decision: Decision, id: string, options: OfflineOptions): Outcome =>
  sign(desk, decision, await questionGiven(id, options), options);

/** Signs what an orchestrator says is asked. */
export const signAsked = async (
  session: Session,
  desk: Desk,
  decision: Decision,
  id: string,
  options: OfflineOptions,
): Outcome => sign(desk, decision, pick(await session.api.get<unknown>('/approvals'), id), options);

/** Hands in a token; that is all the login there is. */
export const sendToken = async (session: Session, token: string): Outcome => {
  const answer = await session.api.post<ApprovalAnswer>('/approval-tokens', { token });
  show(session, answer, renderAnswer);
  return answer.outcome === 'already-decided' ? EXIT.refused : EXIT.ok;
};

async function sign(
  { terminal, clock, options: { config, json } }: Desk,
  decision: Decision,
  question: Question,
  options: OfflineOptions,
): Outcome {
  const installation = options.installation ?? (await loadTopology(config)).installation;
  const key = await keyOf(options, config);
  const issuedAt = clock.now();
  const token = signAnswer(
    {
      installation,
      group: question.group,
      approval: question.id,
      planHash: question.planHash,
      decision,
      issuedAt,
      expiresAt: issuedAt + (options.for ?? VALID_MS),
      ...(options.reason !== undefined && { reason: options.reason }),
    },
    key,
  );
  terminal.out(json ? JSON.stringify({ token }, null, 2) : token);
  terminal.err(`Signed by ${key.keyId}: ${decision} ${question.id} of ${question.group}, plan ${question.planHash}.`);
  terminal.err('  Anybody may hand it in, once, at any orchestrator: signalbox approve --token <token>');
  return EXIT.ok;
}

async function questionGiven(id: string, { from, group, plan }: OfflineOptions): Promise<Question> {
  if (from !== undefined) return pick(parsed(await fileAt(from, '--from'), from), id);
  return { id, group, planHash: plan } as Question;
}

/** @throws UsageError when it is not there, or cannot be answered any more */
function pick(found: unknown, id: string): Question {
  const approvals = (Array.isArray(found) ? found : [found]).flatMap((each) => {
    const read = decodeValue(ApprovalWire, each, 'An approval');
    return read.ok ? [read.value] : [];
  });
  const approval = approvals.find((each) => each.id === id);
  if (!approval) throw new UsageError(`there is no approval ${id} in it`, 'see which are open: signalbox approvals');
  if (isPending(approval)) return approval;
  throw new UsageError(`approval ${id} is ${approval.phase} already`, 'there is nothing to sign');
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON`, 'it has to hold what this prints: signalbox approvals --json');
  }
}

async function fileAt(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`, `check ${option}`, { cause: error });
  }
}

/** Its id is that of the public half in signalbox.yaml, unless it is given. */
async function keyOf({ key: file, keyId }: OfflineOptions, config: string) {
  if (file === undefined) throw new UsageError('no key to sign with', 'name the file of your private key with --key');
  const secret = await fileAt(file, '--key');
  if (keyId !== undefined) return signingKey(keyId, secret);
  const { privateKey } = signingKey('unnamed', secret);
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = Buffer.from(x, 'base64url').toString('base64');
  const known = (await loadTopology(config)).approval.keys.find((each) => each.publicKey === publicKey);
  if (known) return { keyId: known.keyId, privateKey };
  throw new UsageError(`no approver in ${config} has this key`, 'name it with --key-id, or add it to approval.keys');
}
