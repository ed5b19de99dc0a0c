import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, copyIcon } from '@jupyterlab/ui-components';
import React, { useEffect, useState } from 'react';

interface ICopyProps {
  text: string;
  /** What is copied, for who cannot see what the button is beside. */
  label: string;
  trans: TranslationBundle;
}

/** Puts a text into the clipboard, and says that it has. */
export function Copy({ text, label, trans }: ICopyProps): React.ReactElement {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) {
      return undefined;
    }
    const timer = setTimeout(() => {
      setCopied(false);
    }, 2500);
    return () => {
      clearTimeout(timer);
    };
  }, [isCopied]);
  const Icon = isCopied ? checkIcon : copyIcon;
  return (
    <button
      type="button"
      className="jp-mod-styled jp-mod-minimal dw-Copy"
      aria-label={isCopied ? trans.__('Copied') : label}
      onClick={() => {
        Clipboard.copyToSystem(text);
        setCopied(true);
      }}
    >
      <Icon.react tag="span" />
      <span aria-live="polite">
        {isCopied ? trans.__('Copied') : trans.__('Copy')}
      </span>
    </button>
  );
}
