import type { Topic } from '../preload/contract/calls.js';
import type { EventOf } from '../preload/contract/events.js';

type Listener<Name extends Topic> = (event: EventOf<Name>) => void;

/** What the program tells its hosts without being asked. */
export interface EventBus {
  emit<Name extends Topic>(topic: Name, event: EventOf<Name>): void;
  /** Returns what ends the subscription. */
  subscribe<Name extends Topic>(topic: Name, listener: Listener<Name>): () => void;
}

/** @param onFailure a listener threw; the others are told all the same */
export function createEventBus(onFailure: (topic: Topic, thrown: unknown) => void): EventBus {
  const listeners = new Map<Topic, Set<Listener<never>>>();
  return {
    emit(topic, event) {
      // A copy: a listener may end its subscription while it is told.
      for (const listener of [...(listeners.get(topic) ?? [])]) {
        try {
          listener(event as never);
        } catch (thrown) {
          onFailure(topic, thrown);
        }
      }
    },
    subscribe(topic, listener) {
      const own: Listener<never> = (event) => {
        listener(event);
      };
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(own));
      return () => {
        ofTopic.delete(own);
      };
    },
  };
}
