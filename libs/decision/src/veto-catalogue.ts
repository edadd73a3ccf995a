/** A veto by name: whether a person may lift it, and what to do where nobody may. */
export interface VetoKind {
  /** As it stands in a veto; a final `*` stands for a site. */
  readonly name: string;
  readonly overridable: boolean;
  /** What ends it. */
  readonly instead: string;
}

const soft = (name: string, instead: string): VetoKind => ({ name, overridable: true, instead });
const hard = (name: string, instead: string): VetoKind => ({ name, overridable: false, instead });

/** Every veto there is; a test holds it to the source. */
export const VETO_KINDS: readonly VetoKind[] = [
  soft('target-healthy-too-short', 'wait until the target has been healthy for long enough'),
  soft('lag-unknown', 'see why nobody measures the lag of the flow'),
  soft('lag-above-rpo', 'wait until replication has caught up'),
  soft(
    'name-of-another',
    'take the name out of its hands and adopt its owner in signalbox.yaml: docs/runbooks/names.md',
  ),
  soft('cool-down', 'wait until the cool-down is over'),
  soft('storm', 'see what the events have in common, then agree to the approval that is open'),
  soft('stranded-uncounted', 'mend what the count misses, and wait until it has been tried again'),
  soft('stranded-undecided', 'say what becomes of the stranded records: signalbox salvage'),
  soft('salvaged-already', 'nothing is done twice: agree only if it is to become something else of them'),
  soft('active-is-up', 'ask for a switchover: it loses nothing'),
  hard('observe-mode', 'set mode to approve in signalbox.yaml'),
  hard('approval-open', 'answer the open approval first'),
  hard('run-active', 'wait for the open run, or abort it'),
  hard('frozen', 'end the freeze first: signalbox unfreeze'),
  hard('no-target', 'protect a quarantined site again: signalbox reprotect'),
  hard('target-unhealthy', "repair the target's cluster first"),
  hard(
    'not-recovered',
    'wait until its cluster has been good for enough rounds in a row; how many are missing says: signalbox explain',
  ),
  hard('target-quarantined', 'protect the site again first: signalbox reprotect'),
  hard('no-fence-possible', 'attest that the old site is off: signalbox attest'),
  hard('already-active', 'name another site'),
  hard('active-unhealthy', 'ask for a failover: a planned move needs the active site'),
  hard('no-guard-*', "start the site's site-guard"),
  hard('no-flow', 'declare a flow in that direction in signalbox.yaml'),
  hard('not-quarantined', 'wait until the site is in quarantine'),
  hard('nothing-stranded', 'nothing is to be salvaged there'),
  hard('watermark-unknown', 'rebuild the site by hand, then: signalbox release'),
];

/** The kind of veto that has this name; undefined when no veto is ever called so. */
export const vetoKind = (name: string): VetoKind | undefined =>
  VETO_KINDS.find((kind) => (kind.name.endsWith('*') ? name.startsWith(kind.name.slice(0, -1)) : kind.name === name));
