import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from './button.js';
import { Check, Copy } from './icon.js';

/** Puts a text into the clipboard by way of a selection: the desktop refuses every permission, the clipboard's too. */
function copyText(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.setAttribute('aria-hidden', 'true');
  const holder = document.activeElement?.parentElement ?? document.body;
  holder.append(area);
  const before = document.activeElement;
  area.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor wants a permission
  const copied = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      small
      icon={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      onPress={() => {
        setCopied(copyText(text));
      }}
    >
      {copied ? 'Copied' : label}
    </Button>
  );
}
