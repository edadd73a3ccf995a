import type { Enclosure } from './enclosure.js';
import { ip } from './enclosure.js';

const INTERFACE = 'wan';

/** The one link between two sites: it can be cut, and nothing else leads from one to the other. */
export class Wan {
  private constructor(private readonly ends: readonly [Enclosure, Enclosure]) {}

  static async between(one: Enclosure, other: Enclosure): Promise<Wan> {
    const peer = ['peer', 'name', INTERFACE, 'netns', String(other.pid)];
    await ip(['link', 'add', INTERFACE, 'netns', String(one.pid), 'type', 'veth', ...peer]);
    const wan = new Wan([one, other]);
    for (const [here, there] of wan.directions()) {
      await here.must('ip', ['addr', 'add', `${here.addresses.wan}/24`, 'dev', INTERFACE]);
      // Through the machine itself is no way, whatever it forwards.
      await here.must('ip', ['route', 'add', 'unreachable', there.addresses.network, 'metric', '4096']);
    }
    await wan.join();
    return wan;
  }

  /** Nothing passes any more, on open connections neither. */
  async cut(): Promise<void> {
    for (const [here] of this.directions()) await here.must('ip', ['link', 'set', INTERFACE, 'down']);
  }

  async join(): Promise<void> {
    for (const [here] of this.directions()) await here.must('ip', ['link', 'set', INTERFACE, 'up']);
    // A link that goes down takes its routes with it.
    for (const [here, there] of this.directions()) {
      await here.must('ip', ['route', 'replace', there.addresses.network, 'via', there.addresses.wan]);
    }
  }

  private directions(): (readonly [here: Enclosure, there: Enclosure])[] {
    const [one, other] = this.ends;
    return [
      [one, other],
      [other, one],
    ];
  }
}
