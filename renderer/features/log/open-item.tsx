import type { ReactNode } from 'react';
import type { Side } from '../../../preload/contract/values.js';
import { useTask } from '../../app/query.js';
import { Button } from '../../ui/button.js';
import { ExternalLink } from '../../ui/icon.js';

/** Opens the item in its tracker. Where the host cannot, the page shows the link: a page may not open windows by itself. */
export function OpenItem({
  pairId,
  side,
  look = 'plain',
}: {
  readonly pairId: string;
  readonly side: Side;
  readonly look?: 'plain' | 'quiet';
}): ReactNode {
  const task = useTask('item.open');
  const link = task.value;
  if (link !== null && !link.opened && isWebAddress(link.url)) {
    return (
      <a href={link.url} target="_blank" rel="noreferrer noopener">
        {new URL(link.url).host} <ExternalLink size={12} aria-hidden />
      </a>
    );
  }
  const failed = task.error === null ? null : task.error.message;
  return (
    <Button
      small
      look={look}
      icon={<ExternalLink size={13} aria-hidden />}
      isPending={task.state === 'running'}
      onPress={() => {
        task.start({ pairId, side });
      }}
    >
      {failed ?? (link !== null && link.url === null ? 'No address known' : `Open ${side} item`)}
    </Button>
  );
}

/** Text of a tracker may hold any scheme; only these two lead to a site. */
function isWebAddress(url: string | null): url is string {
  return url !== null && /^https?:\/\//iu.test(url) && URL.canParse(url);
}
