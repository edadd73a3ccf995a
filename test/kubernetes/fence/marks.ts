/** What a fenced object carries. */
export const LABEL = 'signalbox.io/group';
export const EPOCH = 'signalbox.io/epoch';
export const RUN = 'signalbox.io/run';
/** New with every write of data. */
export const WRITE = 'signalbox.io/write';
/** `<epoch in force>: <why, who>`, for what the fence refuses otherwise. */
export const BREAK_GLASS = 'signalbox.io/break-glass';

/** Of everything that is attacked: the group, and the epoch in force. */
export const GROUP = 'orders';
export const IN_FORCE = '7';
export const NAMESPACE = 'fenced';
