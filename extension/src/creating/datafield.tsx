// Which data a question is about: files of JupyterLab, of the person's computer, an address, or what a search found.
import {
  closeIcon,
  fileIcon,
  type LabIcon,
  linkIcon,
  searchIcon
} from '@jupyterlab/ui-components';
import React, { useId, useRef, useState } from 'react';

import { Banner } from '../components/banner';
import { Progress } from '../components/progress';
import type { IDashwright } from '../tokens';
import { nameOf, type Piece } from './piece';
import type { IItem, Pieces } from './pieces';
import type { IPageProps } from './view';
import { sizeText, sourceText } from './wording';

export function DataField({ stages }: IPageProps): React.ReactElement {
  const { form, means } = stages;
  const { pieces } = form;
  const { trans } = means.dashwright;
  const name = useId();
  const [isOver, setOver] = useState(false);
  return (
    <section
      className="dw-New-data"
      aria-labelledby={name}
      data-over={isOver || undefined}
      onDragOver={event => {
        if (event.dataTransfer.types.includes('Files')) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={event => {
        event.preventDefault();
        setOver(false);
        pieces.addFiles([...event.dataTransfer.files]);
      }}
    >
      <h3 id={name}>{trans.__('Data')}</h3>
      {pieces.items.length > 0 ? (
        <ul className="dw-New-pieces">
          {pieces.items.map(item => (
            <Item key={item.key} item={item} pieces={pieces} trans={trans} />
          ))}
        </ul>
      ) : (
        <p className="dw-Field-hint">{nothing(stages)}</p>
      )}
      {pieces.refusal !== null && (
        <Banner kind="warning">{pieces.refusal}</Banner>
      )}
      <Ways stages={stages} />
      <p className="dw-Field-hint">
        {pieces.maxSize !== null &&
          trans.__(
            'A file that you upload may have %1.',
            sizeText(pieces.maxSize)
          )}{' '}
        {trans.__(
          'CSV, TSV, JSON, JSON Lines, Parquet, Excel and ODS are read, packed ones too. You can drop files here.'
        )}
      </p>
    </section>
  );
}

function nothing({ form, means }: IPageProps['stages']): string {
  const { trans } = means.dashwright;
  const { sources } = form.question;
  const asked = form.sources
    .filter(one =>
      sources.length > 0 ? sources.includes(one.name) : one.is_default
    )
    .map(one => sourceText(one.name));
  return asked.length > 0
    ? trans.__(
        'Without any, Dashwright looks for data in: %1.',
        asked.join(', ')
      )
    : trans.__('Without any, Dashwright looks for data.');
}

/** The buttons that bring data. */
function Ways({ stages }: IPageProps): React.ReactElement {
  const { means, form } = stages;
  const { pieces } = form;
  const { trans } = means.dashwright;
  const input = useRef<HTMLInputElement>(null);
  const [address, setAddress] = useState<string | null>(null);
  const { choosePaths } = means;
  return (
    <div className="dw-New-ways">
      {choosePaths && (
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            void choosePaths().then(paths => {
              pieces.addPaths(paths);
            });
          }}
        >
          {trans.__('Choose Files…')}
        </button>
      )}
      <button
        type="button"
        className="jp-mod-styled"
        onClick={() => input.current?.click()}
      >
        {trans.__('Upload…')}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={trans.__('Files to upload')}
        onChange={({ target }) => {
          pieces.addFiles([...(target.files ?? [])]);
          target.value = '';
        }}
      />
      <button
        type="button"
        className="jp-mod-styled"
        aria-expanded={address !== null}
        onClick={() => {
          setAddress(address === null ? '' : null);
        }}
      >
        {trans.__('Add Address…')}
      </button>
      {address !== null && (
        <Address
          trans={trans}
          value={address}
          onChange={setAddress}
          onAdd={url => {
            pieces.add({ kind: 'url', url });
            setAddress(null);
          }}
        />
      )}
    </div>
  );
}

interface IAddressProps {
  trans: IDashwright['trans'];
  value: string;
  onChange: (value: string | null) => void;
  onAdd: (url: string) => void;
}

function Address({
  trans,
  value,
  onChange,
  onAdd
}: IAddressProps): React.ReactElement {
  const [isRefused, setRefused] = useState(false);
  const name = useId();
  const add = (): void => {
    const url = value.trim();
    const isGood = /^https?:\/\/[^\s/]/i.test(url) && URL.canParse(url);
    setRefused(!isGood);
    if (isGood) {
      onAdd(url);
    }
  };
  return (
    <div className="dw-New-address">
      <input
        type="url"
        className="jp-mod-styled"
        autoFocus
        placeholder={trans.__('https://…')}
        aria-label={trans.__('Address of a file on the web')}
        aria-invalid={isRefused}
        aria-describedby={isRefused ? name : undefined}
        value={value}
        onChange={({ target }) => {
          onChange(target.value);
        }}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            add();
          } else if (event.key === 'Escape') {
            onChange(null);
          }
        }}
      />
      <button type="button" className="jp-mod-styled" onClick={add}>
        {trans.__('Add')}
      </button>
      {isRefused && (
        <div id={name} className="dw-Field-error" role="alert">
          {trans.__('An address begins with http:// or https://.')}
        </div>
      )}
    </div>
  );
}

interface IItemProps {
  item: IItem;
  pieces: Pieces;
  trans: IDashwright['trans'];
}

const ICONS: Record<Piece['kind'], LabIcon> = {
  lab: fileIcon,
  upload: fileIcon,
  url: linkIcon,
  source: searchIcon
};

function Item({ item, pieces, trans }: IItemProps): React.ReactElement {
  const { piece, error, sent } = item;
  const name = nameOf(piece);
  const icon = ICONS[piece.kind];
  return (
    <li data-invalid={error !== undefined || undefined}>
      <icon.react tag="span" className="dw-New-icon" />
      <div className="dw-New-piece">
        <span className="dw-New-name">{name}</span>
        <span className="dw-Field-hint">{detailOf(item, trans)}</span>
        {sent !== undefined && piece.kind === 'upload' && (
          <Progress
            label={trans.__('Sends %1', name)}
            value={(sent / piece.size) * 100}
          />
        )}
        {error !== undefined && (
          <span className="dw-Field-error" role="alert">
            {error}
          </span>
        )}
      </div>
      {item.again && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          onClick={item.again}
        >
          {trans.__('Try again')}
        </button>
      )}
      <button
        type="button"
        className="dw-IconButton"
        title={
          sent === undefined
            ? trans.__('Remove %1', name)
            : trans.__('Stop sending %1', name)
        }
        onClick={() => {
          pieces.remove(item.key);
        }}
      >
        <closeIcon.react tag="span" />
      </button>
    </li>
  );
}

function detailOf({ piece, sent }: IItem, trans: IDashwright['trans']): string {
  switch (piece.kind) {
    case 'lab':
      return trans.__('In this JupyterLab: %1', piece.path);
    case 'upload':
      return sent === undefined
        ? trans.__('Uploaded, %1', sizeText(piece.size))
        : trans.__('%1 of %2 sent', sizeText(sent), sizeText(piece.size));
    case 'url':
      return trans.__('On the web');
    case 'source':
      return [sourceText(piece.source), piece.licence, piece.caution]
        .filter(Boolean)
        .join(' · ');
  }
}
