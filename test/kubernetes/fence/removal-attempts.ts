import { annotated, type Attempt, HIGHER, LOWER, type Section } from './attempt.js';
import { BREAK_GLASS, EPOCH, IN_FORCE } from './marks.js';
import { ALL_POWERFUL, KEEPER_OF_THE_GLASS } from './people.js';
import type { Subject } from './subject.js';

const refused = (name: string, act: Attempt['act'], more: Partial<Attempt> = {}): Attempt => ({
  name,
  outcome: 'refused',
  act,
  ...more,
});

const sealedWith = (annotations: Readonly<Record<string, string>>) => (subject: Subject) =>
  subject.create(subject.sealed(annotations));
const forThisEpoch = sealedWith({ [BREAK_GLASS]: `${IN_FORCE}: the group is retired, asked by Ada` });

const DELETED: Section = {
  title: 'Deleted',
  attempts: [
    refused('the object itself', (subject) => subject.delete()),
    refused('with a grace period of 0', (subject) => subject.delete('?gracePeriodSeconds=0')),
    refused('as an orphan', (subject) => subject.delete('?propagationPolicy=Orphan')),
    refused('together with all of its kind in the namespace', (subject) => subject.deleteAll()),
    refused('`kubectl delete --force`', (subject) =>
      subject.kubectl(['delete', subject.kind.plural, subject.name, '--force', '--wait=false']),
    ),
    refused('and made anew under a lower epoch', async (subject) => {
      const gone = await subject.delete();
      const anew = await subject.create(subject.sealed({ [EPOCH]: LOWER }));
      return gone.status === 200 ? anew : gone;
    }),
    refused('made anew over it', (subject) => subject.create(subject.sealed({ [EPOCH]: LOWER })), { isOfTheApi: true }),
    refused('with break-glass for an epoch that is over', (subject) => subject.delete(), {
      before: sealedWith({ [BREAK_GLASS]: `${LOWER}: that was another run` }),
    }),
    refused('with break-glass and no reason', (subject) => subject.delete(), {
      before: sealedWith({ [BREAK_GLASS]: `${IN_FORCE}:  ` }),
    }),
    refused('by a person who may do everything, of whom nobody said that they may break the glass', (subject) =>
      subject.as(ALL_POWERFUL).delete(),
    ),
    {
      name: 'with break-glass: the epoch in force and a reason',
      outcome: 'taken',
      before: forThisEpoch,
      act: (subject) => subject.delete(),
    },
    {
      name: 'by a person with the verb `break-glass`',
      outcome: 'taken',
      act: (subject) => subject.as(KEEPER_OF_THE_GLASS).delete(),
    },
    {
      name: 'one that was never sealed',
      outcome: 'taken',
      before: (subject) => subject.create(annotated(subject.sealed(), { [EPOCH]: undefined })),
      act: (subject) => subject.delete(),
    },
  ],
};

const POISONED = '888888888888888888';

const RECOVERED: Section = {
  title: 'Break-glass for an epoch that is wrong',
  attempts: [
    {
      name: 'a poisoned epoch, lowered with the reason in the same request',
      outcome: 'taken',
      before: sealedWith({ [EPOCH]: POISONED }),
      act: (subject) => subject.annotate({ [EPOCH]: IN_FORCE, [BREAK_GLASS]: `${POISONED}: a slip, by Ada` }),
    },
    refused('lowered with a reason for another epoch', (subject) =>
      subject.annotate({ [EPOCH]: LOWER, [BREAK_GLASS]: `${HIGHER}: a slip, by Ada` }),
    ),
    refused('lowered with no reason', (subject) =>
      subject.annotate({ [EPOCH]: LOWER, [BREAK_GLASS]: `${IN_FORCE}: ` }),
    ),
    refused('taken away, whatever the reason', (subject) =>
      subject.annotate({ [EPOCH]: null, [BREAK_GLASS]: `${IN_FORCE}: no longer wanted, by Ada` }),
    ),
    refused('a text that is no number, whatever the reason', (subject) =>
      subject.annotate({ [EPOCH]: 'eight', [BREAK_GLASS]: `${IN_FORCE}: as I like it, by Ada` }),
    ),
  ],
};

export const REMOVAL_SECTIONS: readonly Section[] = [DELETED, RECOVERED];
