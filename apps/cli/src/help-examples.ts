/** What the help of each command shows: the lines that are typed most, and what they are for. */
export const HELP_EXAMPLES: Readonly<Record<string, readonly (readonly [line: string, why: string])[]>> = {
  status: [
    ['signalbox status --watch', 'keep an eye on everything'],
    ['signalbox status --json', 'the same for a script'],
  ],
  explain: [['signalbox explain orders', 'why it is where it is, and what to type next']],
  rpo: [['signalbox rpo orders', 'after a failover: what may be lost, and what was']],
  preflight: [['signalbox preflight', 'every group, before a change in the data centre']],
  forecast: [
    ['signalbox forecast', 'what a failover of each group would cost now'],
    ['signalbox forecast orders --to b', 'to a site of your choice'],
  ],
  plan: [['signalbox plan orders --kind switchover --to b', 'every step, and nothing is touched']],
  'plan export': [['signalbox plan export orders --out orders.json', 'for the day when nothing of Signalbox is left']],
  failover: [
    ['signalbox failover orders --dry-run', 'what would happen'],
    ["signalbox failover orders --reason 'a is flooded' --wait", 'ask for it, and follow it to its end'],
  ],
  switchover: [
    ["signalbox switchover orders --to b --reason 'new racks at a' --wait", 'move while both sites are well'],
  ],
  failback: [["signalbox failback orders --reason 'a is dry again' --wait", 'home again, once somebody approved']],
  reprotect: [["signalbox reprotect orders --site a --reason 'a is dry again'", 'replicate toward a again']],
  salvage: [
    ["signalbox salvage orders --as quarantined --reason 'before a is protected'", 'kept for people to look at'],
    ['signalbox salvage orders --as replayed --dry-run', 'what would be appended, and what stands in the way'],
  ],
  runs: [['signalbox runs', 'what was done, latest first']],
  run: [
    ['signalbox run r-7f3a --watch', 'the whole run as a tree, as it goes on'],
    ['signalbox run r-7f3a --wait --json', 'for a script: ends when the run does, and how it did'],
  ],
  'run retry': [["signalbox run retry r-7f3a --reason 'the ACL is gone'", 'after what failed was mended']],
  'run skip': [["signalbox run skip r-7f3a verify-b --reason 'checked by hand'", 'go on without a step']],
  'run abort': [["signalbox run abort r-7f3a --reason 'a is back'", 'this very run, and no later one']],
  abort: [["signalbox abort orders --reason 'a is back'", 'whatever run the group is in']],
  approvals: [['signalbox approvals', 'what is asked, of how many people, and until when']],
  approve: [
    ['signalbox approve ap-91c2 --plan 5e1f', 'only if it is still the plan that you read'],
    ['signalbox approve ap-91c2 --offline --key alice.pem', 'signed, for somebody else to hand in'],
  ],
  cancel: [["signalbox cancel ap-91c2 --reason 'a is back'", 'what you asked for yourself']],
  'notify test': [['signalbox notify test', 'before you need it: does every channel take what it is told?']],
  review: [["signalbox review ap-91c2 --note 'a was dark indeed'", 'what somebody else decided alone']],
  deny: [["signalbox deny ap-91c2 --reason 'not before the weekend'", 'nothing is done']],
  freeze: [["signalbox freeze orders --for 2h --reason 'database migration'", 'ends by itself']],
  unfreeze: [["signalbox unfreeze orders --reason 'the migration is done'", 'before its time']],
  override: [["signalbox override orders cool-down --for 15m --reason 'b is burning as well'", 'one veto, once']],
  attest: [["signalbox attest orders --site a --reason 'I pulled its plug'", 'only when it is off for certain']],
  release: [["signalbox release orders --site a --reason 'rebuilt from nothing'", 'without replicating back']],
  rescue: [['signalbox rescue orders --active b', 'look first: it changes nothing until you confirm']],
  'audit export': [['signalbox audit export orders', 'to be kept where nobody of us can write']],
  'audit checkpoints': [['signalbox audit checkpoints', 'what the sites signed, to be kept elsewhere as well']],
  'audit verify': [['signalbox audit verify orders.ndjson checkpoints.ndjson', 'needs no orchestrator']],
  replay: [['signalbox replay orders.ndjson --with new.yaml', 'what other settings would have decided']],
  'verify-data': [
    ['signalbox verify-data orders --last 100000', 'where both clusters and their logins can be reached'],
  ],
  'config check': [['signalbox config check signalbox.yaml', 'before it is rolled out']],
  completion: [['signalbox completion bash', 'for: source <(…)']],
};

/** As it stands below the options. */
export const exampleText = (name: string): string => {
  const lines = HELP_EXAMPLES[name] ?? [];
  if (lines.length === 0) return '';
  const width = Math.max(...lines.map(([line]) => line.length));
  return ['', 'Examples:', ...lines.map(([line, why]) => `  ${line.padEnd(width)}  ${why}`)].join('\n');
};
