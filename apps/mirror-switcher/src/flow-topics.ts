import { mannerOf, sourceTopicOf } from '#libs/kafka';
import { isLeftOut, matchesTopic, type Flow } from '#libs/topology';

/** Whether a flow copies a topic of this name, as its source has it. */
export const isCopied = ({ topics }: Pick<Flow, 'topics'>, topic: string): boolean =>
  matchesTopic(topics, topic) && !isLeftOut(topic);

/**
 * Whether the end of a topic at the target is a part of the watermark: it is a copy, whose end says how far the mirror
 * came, or it bears the source's name, and what is written there once the target is promoted goes back from its end.
 * Where copies keep their names these are the same.
 */
export const isMarked = (flow: Flow, targetTopic: string): boolean =>
  isCopied(flow, sourceTopicOf(mannerOf(flow).naming, targetTopic));

/** Whether a flow reads a topic of this name: one that it copies, and no copy that came from its target. */
export function isRead(flow: Flow, sourceTopic: string): boolean {
  const { policy, sourceAlias, targetAlias, separator } = mannerOf(flow).naming;
  const back = { policy, sourceAlias: targetAlias, targetAlias: sourceAlias, separator, syncsAt: 'target' } as const;
  return isCopied(flow, sourceTopic) && sourceTopicOf(back, sourceTopic) === sourceTopic;
}
