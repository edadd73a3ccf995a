import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, UnavailableError, type MirrorState, type Positions } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { MirrorRestartError } from '../errors.js';
import { PositionsSource } from '../positions-source.js';
import { DedicatedMirror } from './dedicated.mirror.js';
import { DedicatedPositions } from './dedicated.positions.js';
import { MirrorMakerFile } from './mirror-maker-file.js';
import { Workers } from './workers.js';

const KEYS = { enabled: 'a->b.enabled', epoch: 'signalbox.epoch.a-to-b', pending: 'signalbox.pending.a-to-b' };
const soon = (ms = 10_000) => AbortSignal.timeout(ms);

/** MirrorMaker 2 as far as it shows: it copies one record a look while its file said so when it was started. */
class Bench extends Workers {
  readonly folder = mkdtempSync(join(tmpdir(), 'signalbox-mm2-'));
  readonly path = join(this.folder, 'mm2.properties');
  readonly file = new MirrorMakerFile(this.path, KEYS, new SystemRandom());
  starts = 0;
  fails = false;
  copies = true;
  end = 10;
  copied = 3;
  readonly positions = new (class extends PositionsSource {
    constructor(private readonly bench: Bench) {
      super();
    }
    override read = (): Promise<Positions> => Promise.resolve({ 'orders-0': this.bench.looked() });
  })(this);

  constructor() {
    super();
    writeFileSync(this.path, 'clusters = a, b\na->b.enabled = true\n');
  }

  looked(): number {
    if (this.copies && this.copied < this.end) this.copied += 1;
    return this.copied;
  }

  override async startAnew(): Promise<void> {
    this.starts += 1;
    if (this.fails) throw new MirrorRestartError('it does not start');
    this.copies = (await this.file.read()).value === 'running';
  }

  readonly mirror = new DedicatedMirror({
    file: this.file,
    workers: this,
    positions: this.positions,
    endOffsets: () => Promise.resolve({ 'orders-0': this.copied }),
    left: () => Promise.resolve(this.end - this.copied),
    clock: new SystemClock(),
    pollMs: 1,
    quietMs: 1,
  });

  get text(): string {
    return readFileSync(this.path, 'utf8');
  }
}

fencedResourceConformance<MirrorState>('a MirrorMaker 2 of its own', async () => {
  const { mirror, folder } = new Bench();
  return {
    resource: mirror,
    values: ['running', 'stopped'],
    end: () => Promise.resolve(rmSync(folder, { recursive: true })),
  };
});

describe(DedicatedMirror.name, () => {
  let bench: Bench;
  beforeEach(() => void (bench = new Bench()));
  afterEach(() => rmSync(bench.folder, { recursive: true }));

  const write = async (next: MirrorState, stamp: number, ms?: number) =>
    bench.mirror.write(await bench.mirror.read(soon()), next, epoch(stamp), soon(ms));

  it('turns the switch, starts the workers anew, and leaves the rest of the file and nothing beside it', async () => {
    expect(await write('stopped', 4)).toBe('written');
    expect(bench.starts).toBe(1);
    expect(bench.text).toBe('clusters = a, b\na->b.enabled = false\nsignalbox.epoch.a-to-b = 4\n');
    expect(readdirSync(bench.folder)).toEqual(['mm2.properties']);
  });

  it('starts nobody anew for a seal', async () => {
    expect(await write('running', 4)).toBe('written');
    expect(bench.starts).toBe(0);
  });

  it('knows of a restart that did not happen, and whoever comes next makes up for it', async () => {
    bench.fails = true;
    expect(await write('stopped', 4)).toBe('unknown');
    expect(await bench.mirror.read(soon())).toMatchObject({ value: 'stopped', epoch: 4, isPartial: true });
    expect(await bench.mirror.verify('stopped', soon())).toMatchObject({ holds: false });
    bench.fails = false;
    expect(await write('stopped', 5)).toBe('written');
    expect(bench.copies).toBe(false);
    expect(await bench.mirror.read(soon())).not.toHaveProperty('isPartial');
  });

  it('does not believe in a stop while records arrive, nor in a start while none do and some are left', async () => {
    bench.end = 1e9;
    bench.startAnew = () => Promise.resolve();
    expect(await write('stopped', 4, 300)).toBe('unknown');
    bench.copies = false;
    expect(await bench.mirror.verify('stopped', soon())).toMatchObject({ holds: true });
    expect(await write('running', 5)).toBe('written');
    expect(await bench.mirror.verify('running', soon(300))).toMatchObject({ holds: false });
    bench.copies = true;
    expect(await bench.mirror.verify('running', soon())).toMatchObject({ holds: true });
  });

  it('is not known to have stopped where the target does not tell', async () => {
    bench.positions.read = () => Promise.reject(new UnavailableError('nobody is there'));
    expect(await write('stopped', 4)).toBe('unknown');
  });

  it('says what is wrong with its file', async () => {
    writeFileSync(bench.path, 'signalbox.epoch.a-to-b = high\n');
    await expect(bench.mirror.read(soon())).rejects.toMatchObject({ code: 'SB_MIRROR_FILE' });
    rmSync(bench.path);
    await expect(bench.mirror.read(soon())).rejects.toThrow(/mm2\.properties.* cannot be read or replaced: .*ENOENT/);
  });

  describe('its positions', () => {
    const positions = () => new DedicatedPositions('a-to-b', bench.file, bench.positions);
    const set = async (next: Positions, stamp: number) =>
      positions().write(await positions().read(soon()), next, epoch(stamp), soon());

    beforeEach(() => void (bench.copies = false));

    it('are stamped where it has come that far, and refused where it has not', async () => {
      expect(await set({ 'orders-0': 3 }, 4)).toBe('written');
      expect(await bench.file.read()).toMatchObject({ value: 'running', epoch: 4 });
      await expect(set({ 'orders-0': 4 }, 5)).rejects.toMatchObject({ code: 'SB_MIRROR_POSITIONS_FIXED' });
      expect(await set({ 'orders-0': 3 }, 3)).toBe('refused');
    });

    it('hold once they are reached', async () => {
      expect(await positions().verify({ 'orders-0': 3 }, soon())).toMatchObject({ holds: true });
      expect(await positions().verify({ 'orders-0': 4 }, soon())).toMatchObject({ holds: false });
    });
  });
});
