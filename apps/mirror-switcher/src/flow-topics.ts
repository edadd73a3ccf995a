import { matchesTopic, type Flow } from '#libs/topology';

/** What MirrorMaker leaves out by default, and the topics in which Signalbox speaks of one cluster. */
export const TOPICS_EXCLUDED: readonly string[] = ['mm2.*\\.internal', '.*\\.replica', '__.*', 'signalbox\\..*'];

/** Its replication policies leave out these as well, whatever is configured. */
const INTERNAL = ['\\..*', '.*[.-]internal'];
const LEFT_OUT = new RegExp(`^(${[...TOPICS_EXCLUDED, ...INTERNAL].join('|')})$`);

/** Whether a flow copies a topic of this name, as its source has it. */
export const isCopied = ({ topics }: Pick<Flow, 'topics'>, topic: string): boolean =>
  matchesTopic(topics, topic) && !LEFT_OUT.test(topic);
