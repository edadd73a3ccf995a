import { askNameServers, readLogs, verifyAudit } from './aftermath.js';
import { countMoved } from './counts.js';
import { DemoError } from './demo-error.js';
import { disappointmentsOfSwitchover } from './expectations.js';
import { becomeSteady } from './opening.js';
import { moveUnderLoad } from './planned-move.js';
import { policyFactors } from './policy-factors.js';
import type { SwitchoverReport } from './report.js';
import { statusOf } from './return.js';
import { beginChapter, type Stage } from './stage.js';

/** No fault at all: a person moves the group to B while the application works. */
export const playSwitchover = async (stage: Stage): Promise<SwitchoverReport> => {
  const { clients, witness, randomKill } = stage;
  try {
    await becomeSteady(stage);
    beginChapter(stage, 'failover');
    const { outcome: runPhase, ...moved } = await moveUnderLoad(
      stage,
      { kind: 'switchover', from: 'a', to: 'b' },
      '--to',
      'b',
    );
    await clients.stopFollowing();
    const killed = await randomKill?.end();
    const report: SwitchoverReport = {
      outcome: 'switched-over',
      runPhase,
      ...moved,
      ...countMoved(clients.ledger, await readLogs(stage), 'b'),
      dnsAnswers: await askNameServers(stage),
      epoch: (await statusOf(stage)).epoch,
      auditVerified: await verifyAudit(stage),
      policy: policyFactors(stage.policy),
      ...(killed && { killed }),
    };
    const wrong = disappointmentsOfSwitchover(report);
    if (wrong.length > 0) throw new DemoError(`${wrong.join('; ')}\n${JSON.stringify(report, null, 2)}`);
    return report;
  } finally {
    await Promise.allSettled([witness.stop(), clients.stopFollowing(), clients.stopPinned()]);
  }
};
