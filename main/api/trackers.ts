import { connectorFactories } from '../connectors/registry.js';
import type { FeatureHandlers } from './dispatcher.js';

export function trackerHandlers(): FeatureHandlers<'tracker.list'> {
  return {
    'tracker.list': () =>
      Promise.resolve(
        connectorFactories.map(({ manifest }) => {
          const { id, name, documentation, secretLabel, settings, capabilities } = manifest;
          return {
            id,
            name,
            documentation,
            secretLabel,
            settings: settings.map((setting) => ({ ...setting, choices: setting.choices ?? [] })),
            blindTo: capabilities.cursorBlindTo,
            commentEdit: capabilities.commentEdit,
            commentVisibility: capabilities.commentVisibility,
            fieldHistory: capabilities.fieldHistory,
          };
        }),
      ),
  };
}
