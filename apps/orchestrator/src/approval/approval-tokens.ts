import { Injectable } from '@nestjs/common';
import {
  approverKeyring,
  openToken,
  type ApprovalAnswer,
  type ApproverKeyring,
  type OpenedToken,
  type SignedAnswer,
  type TokenProblem,
} from '#libs/contracts';
import { Clock, Readiness } from '#libs/runtime';
import { ApiError } from '../api/api-error.js';
import { SiteAudit } from '../audit/site-audit.js';
import { ThisProcess } from '../this-process.js';
import { codeOf } from './answer-refusals.js';
import { Approvals } from './approvals.js';
import { principalNamed } from './principal.js';

/** Why a token does not count. What the approval itself refuses is counted by its code. */
export type TokenRefusal = TokenProblem | 'late' | 'other-installation';

/** How far the clock of whoever signed may be ahead of ours. */
const CLOCKS_DIFFER_MS = 300_000;
const FIGURES = 'answers signed offline that were refused';

/**
 * Takes answers that were signed offline, at any orchestrator that is left: no login, no Slack and no DNS is needed for
 * it. Each token counts once, as the approval itself remembers it. What is refused is counted by its reason.
 */
@Injectable()
export class ApprovalTokens {
  private readonly keyring: ApproverKeyring;
  private readonly refused = new Map<string, number>();

  constructor(
    private readonly self: ThisProcess,
    private readonly approvals: Approvals,
    private readonly audit: SiteAudit,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {
    this.keyring = approverKeyring(self.topology.approval.keys);
  }

  /** @throws ApiError when it does not count; SignalboxError when the journal does not answer */
  async take(token: string): Promise<ApprovalAnswer> {
    const opened = openToken(token, this.keyring);
    if (!opened.ok) throw this.refusal(opened.problem, opened);
    const { answer, principal, tokenHash } = opened;
    const problem = this.problemWith(answer);
    if (problem) throw this.refusal(problem, opened);
    const { approval, group, decision, planHash, reason, keyId } = answer;
    try {
      return await this.approvals.answer({
        approval,
        inGroup: group,
        decision,
        planHash,
        tokenHash,
        principal: principalNamed(this.self.topology, principal),
        channel: 'offline',
        details: { keyId, tokenHash },
        ...(reason !== undefined && { reason }),
      });
    } catch (error) {
      if (error instanceof ApiError) this.count(codeOf(error));
      throw error;
    }
  }

  private problemWith({ installation, issuedAt, expiresAt }: SignedAnswer): TokenRefusal | undefined {
    const now = this.clock.now();
    if (installation !== this.self.topology.installation) return 'other-installation';
    return now >= expiresAt || issuedAt > now + CLOCKS_DIFFER_MS ? 'late' : undefined;
  }

  /** Whose key signed it is known by name; of the others only their number is, since anybody can send them. */
  private refusal(problem: TokenRefusal, opened: OpenedToken): ApiError {
    this.count(problem);
    const { principal } = opened;
    const evidence = { channel: 'offline', outcome: 'refused', because: problem };
    if (principal === undefined)
      this.audit.noteOnce(`token ${problem}`, (times) => ({
        rule: 'approval-answered',
        evidence: { ...evidence, times },
      }));
    else {
      this.audit.keep({
        actor: { kind: 'person', id: principal },
        rule: 'approval-answered',
        evidence: opened.ok ? { ...evidence, approval: opened.answer.approval } : evidence,
      });
    }
    return new ApiError(401, 'SB_TOKEN_REFUSED', `This token does not count: ${WORDS[problem]}.`, REMEDY);
  }

  private count(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
    this.readiness.show(FIGURES, Object.fromEntries(this.refused));
  }
}

const REMEDY = 'Sign a new one: signalbox approve <approval> --offline --key <file>';

const WORDS: Readonly<Record<TokenRefusal, string>> = {
  malformed: 'it is no token of Signalbox, or was cut off',
  're-encoded': 'it is not spelled as it was signed',
  'unknown-key': 'no approver has the key it names',
  forged: 'its signature does not hold',
  'revoked-key': 'its key was revoked',
  late: 'its time is over, or has not come',
  'other-installation': 'it is for another installation',
};
