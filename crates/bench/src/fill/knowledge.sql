-- Sources, documents and passages by `plan`, from `page`, `piece` and `noise`.
create index on piece (page);
create index on noise (n);
analyze page; analyze piece; analyze noise; analyze plan;

insert into knowledge_sources (organization_id, id, name, type, location, settings, status, chunk_count, last_sync_at)
select organization_id, source_id, 'Documentation', 'url', 'https://docs.bench.example/',
       '{"crawl": true, "max_depth": 5, "max_pages": 2000}', 'ready', wanted, now()
from plan;
insert into knowledge_syncs (organization_id, id, source_id, status, pages_found, pages_done, chunks, finished_at)
select organization_id, uuidv7(), source_id, 'completed', 100, 100, wanted, now() from plan;

-- Each organization's pages from its first on, as often round as it takes to have enough passages.
create temp table chosen as
select c.*, uuidv7() as document_id
from plan
cross join lateral (
  select plan.organization_id, plan.source_id, plan.place, plan.wanted, plan.recipe, round, page.n as page,
         sum(page.chunks) over (order by round, (page.n - plan.first_page + pages.count) % pages.count) - page.chunks as before
  from (select count(*)::int as count from page) pages, generate_series(0, plan.wanted / 5000 + 1) round, page
) c
where c.before < c.wanted;

insert into documents (organization_id, id, source_id, location, title, language, content, content_hash, recipe, is_live)
select c.organization_id, c.document_id, c.source_id,
       'https://docs.bench.example/' || case when round > 0 then round || '/' else '' end || p.name, p.title, 'en', p.content,
       sha256(convert_to(p.content || round, 'UTF8')), c.recipe, true
from chosen c join page p on p.n = c.page;

insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, heading_path, char_start, char_end,
                             lexemes, lexeme_count, embedding, embedding_model)
select c.organization_id, uuidv7(), c.document_id, c.source_id, x.ordinal, x.content,
       array(select jsonb_array_elements_text(x.headings)), x.char_start, x.char_end, x.lexemes,
       (select coalesce(sum(cardinality(l.positions)), 0) from unnest(x.lexemes) l)::int,
       l2_normalize(x.embedding + z.v), 'all-minilm-l6-v2-int8'
from chosen c
join piece x on x.page = c.page and c.before + x.ordinal < c.wanted
join noise z on z.n = (x.n * 31 + c.place * 977 + c.round * 1553) % 4000;

update knowledge_sources s set document_count = d.count
from (select source_id, count(*)::int as count from documents group by 1) d where d.source_id = s.id;

-- The program, which embeds what is not embedded when it starts, finds nothing to do.
update answers set embedding = (select embedding from piece limit 1), embedding_model = 'all-minilm-l6-v2-int8';
