-- Why a page or a sync was not read, as a code with what the sentence tells beside (types::knowledge::NotRead), so that people
-- read it in their language. A source has the code of the sync that settled it. The sentence stays: a program that does not
-- know the code writes and shows it alone.
alter table knowledge_syncs add column reason_code jsonb;
alter table knowledge_sync_pages add column reason_code jsonb;

-- What was stored before, as far as it is recognised.
do $$
declare
  reasons text;
begin
  foreach reasons in array array['knowledge_syncs', 'knowledge_sync_pages'] loop
    execute format('alter table %I no force row level security', reasons);
    execute format($update$
      update %I set reason_code = (
        select case when parts[1] is null then told
                    else jsonb_build_object('code', 'no_page', 'number', parts[1]::bigint, 'cause', coalesce(told,
                           jsonb_build_object('code', 'other', 'words', coalesce(parts[2], '') || parts[3]))) end
        from (select regexp_match(reason, '^(?:none of (\d+) pages could be read; the first: )?'
                                          '(robots\.txt of the site cannot be had: )?(.*)$') as parts) as whole
        left join lateral (
          select case when parts[2] is null then found else jsonb_build_object('code', 'no_robots', 'cause', found) end as told
          from (
            select jsonb_build_object('code', code) || coalesce((
                     select jsonb_object_agg(field, case field when 'number' then to_jsonb(value::bigint) else to_jsonb(value) end)
                     from unnest(fields, regexp_match(parts[3], pattern)) as given(field, value) where field is not null
                   ), '{}') as found
            from (values
              ('invalid_address', '^the address is not usable: (.*)$', '{words}'::text[]),
              ('private_address', '^(.*) is a private or reserved network address, which this installation does not fetch$',
                '{subject}'),
              ('unknown_host', '^the name (.*) has no address$', '{subject}'),
              ('no_connection', '^no connection to (\S+): (.*)$', '{subject,words}'),
              ('no_answer', '^(\S+) did not answer in time$', '{subject}'),
              ('broken_answer', '^the answer of (\S+) broke off: (.*)$', '{subject,words}'),
              ('large_answer', '^the answer is larger than (\d+) MB$', '{number}'),
              ('redirects', '^the address redirects more than (\d+) times$', '{number}'),
              ('redirects_away', '^the address redirects to (.*), which is outside of what is read$', '{subject}'),
              ('not_public', '^the page is not public \(it answers (\d+)\)$', '{number}'),
              ('not_there', '^the page does not exist \(it answers (\d+)\)$', '{number}'),
              ('too_many_requests', '^the site asks to be left alone for a while \(it answers (\d+)\)$', '{number}'),
              ('site_fault', '^the site has a fault \(it answers (\d+)\)$', '{number}'),
              ('other_status', '^the page answers (\d+)$', '{number}'),
              ('robots_forbid', '^robots\.txt of the site forbids to read this page$', '{}'),
              ('only_links', '^the page has no text of its own, only links$', '{}'),
              ('same_text', '^the same text as (.*)$', '{subject}'),
              ('unsupported', '^(.*) cannot be read; PDF, DOCX, HTML, Markdown, CSV and plain text can$', '{subject}'),
              ('encrypted', '^the document is protected with a password; remove it and try again$', '{}'),
              ('scanned', '^the document contains pictures of text only \(a scan\); run text recognition ', '{}'),
              ('damaged', '^the document is damaged, or too complicated to be read$', '{}'),
              ('damaged', '^the document is damaged: (.*)$', '{words}'),
              ('too_large', '^the document is too large: (.*)$', '{words}'),
              ('no_text', '^the document contains no text$', '{}'),
              ('too_slow', '^the document took longer than (\d+) seconds to read and was given up$', '{number}'),
              ('file_missing', '^the file is not on this installation''s disk$', '{}'),
              ('no_content', '^the source has no content$', '{}'),
              ('embedding_failed', '^the embedding model failed: (.*)$', '{words}'),
              ('installation_fault', '^the document could not be read because of a fault of this installation$', '{}'),
              ('given_up', '^reading it failed again and again and was given up; the log of this installation says why$', '{}'),
              ('nothing_read', '^nothing was read$', '{}')
            ) as known(code, pattern, fields)
            where parts[3] ~ pattern limit 1
          ) as recognised
        ) as known on true
      ) where reason is not null and reason_code is null$update$, reasons);
    execute format('alter table %I force row level security', reasons);
  end loop;
end
$$;
