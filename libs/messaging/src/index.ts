export { EventBus, type Channel, type EventIdentity, type EventListener, type Opened } from './event-bus.js';
export { busCluster } from './kafka.bus-cluster.js';
export { EventContext, MultiClusterKafkaStrategy } from './multi-cluster-kafka.strategy.js';
export { MultiClusterEventBus, type BusCluster } from './multi-cluster.event-bus.js';
export { OBSERVATIONS_TOPIC, observationsChannel } from './observations.channel.js';
