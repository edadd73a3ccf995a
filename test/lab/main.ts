import { spawn } from 'node:child_process';
import { messageOf } from '#libs/domain';
import { Lab } from './lab.js';
import { LabError } from './lab-error.js';
import { kafkaSiteNamed, siteNamed } from './layout.js';
import type { GroupMode } from '#libs/topology';
import { status } from './status.js';

const KUBERNETES = '--kubernetes';
const MODES: readonly GroupMode[] = ['observe', 'approve', 'automatic'];

const USAGE = `usage: npm run lab -- <command>
  up [mode] [--kubernetes]  start two sites and a witness; they run on in the background
                        (mode of the group: observe, approve or automatic, which is the default;
                        with --kubernetes the sites are clusters with a node each, and Signalbox runs there as pods)
  status                what runs, what is cut
  kill <site>           SIGKILL everything in a site (a, b or w)
  restart <site>        bring a killed site back with its data
  freeze|thaw <site>    SIGSTOP or SIGCONT a site's Kafka (a or b)
  still <site>          everything in a site that is a cluster stands still, until restart (a or b)
  cut <site> <site>     drop everything between two sites
  isolate <site>        drop everything between a site and the rest
  heal                  take back every cut
  down                  end everything and leave nothing behind
SIGNALBOX_LAB_NET=<n> chooses another lab; each has its own addresses.`;

const COMMANDS: Readonly<Record<string, (...args: readonly string[]) => unknown>> = {
  up: (...args) => startKeeper(args),
  keep: (...args) => keep(args),
  status: () => showStatus(),
  kill: (site) => Lab.attach().kill(siteNamed(site)),
  restart: (site) => Lab.attach().restart(siteNamed(site)),
  freeze: (site) => Lab.attach().freeze(kafkaSiteNamed(site)),
  thaw: (site) => Lab.attach().thaw(kafkaSiteNamed(site)),
  still: (site) => Lab.attach().standStill(kafkaSiteNamed(site)),
  cut: (one, other) => Lab.attach().cut(siteNamed(one), siteNamed(other)),
  isolate: (site) => Lab.attach().isolate(siteNamed(site)),
  heal: () => Lab.attach().heal(),
  down: () => Lab.attach().down(),
};

/** What the keeper tells the command that started it. */
type Message = { readonly kind: 'progress' | 'problem'; readonly text: string } | { readonly kind: 'ready' };

/** A lab ends with the process that owns it: here one of its own, which stays when this command returns. */
async function startKeeper(args: readonly string[]): Promise<void> {
  wantedBy(args);
  const keeper = spawn(process.execPath, [import.meta.filename, 'keep', ...args], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ready = new Promise<void>((resolve, reject) => {
    keeper.on('message', (message: Message) => {
      if (message.kind === 'progress') console.error(message.text);
      else if (message.kind === 'problem') reject(new LabError(message.text));
      else resolve();
    });
    keeper.once('exit', (code) => reject(new LabError(`the process that keeps the lab ended with code ${code}`)));
  });
  try {
    await ready;
    showStatus();
  } finally {
    // Told before it is ready, the keeper ends; later it goes on alone.
    if (keeper.connected) keeper.disconnect();
    keeper.unref();
  }
}

async function keep(args: readonly string[]): Promise<void> {
  const tell = (message: Message) => void process.send?.(message);
  const onDisconnect = () => process.exit(1);
  process.once('disconnect', onDisconnect);
  try {
    await Lab.up({ ...wantedBy(args), onProgress: (text) => tell({ kind: 'progress', text }) });
    process.off('disconnect', onDisconnect);
    tell({ kind: 'ready' });
  } catch (error) {
    tell({ kind: 'problem', text: messageOf(error) });
    process.exitCode = 1;
  }
}

/** What stands behind `up`. */
function wantedBy(args: readonly string[]): { readonly mode: GroupMode; readonly kubernetes: boolean } {
  const [mode] = args.filter((arg) => arg !== KUBERNETES);
  return { mode: modeNamed(mode), kubernetes: args.includes(KUBERNETES) };
}

function modeNamed(name = 'automatic'): GroupMode {
  const mode = MODES.find((known) => known === name);
  if (mode === undefined) throw new LabError(`no mode "${name}": write one of ${MODES.join(', ')}`);
  return mode;
}

function showStatus(): void {
  const lab = Lab.attach();
  console.log(status(lab.layout, lab.run));
}

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = COMMANDS[name];
  if (command === undefined) throw new LabError(USAGE);
  await command(...args);
} catch (error) {
  console.error(error instanceof LabError ? error.message : `lab: ${messageOf(error)}`);
  process.exitCode = 1;
}
