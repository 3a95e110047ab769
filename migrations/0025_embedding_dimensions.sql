-- The model of a service is named with the dimension of its vectors, as some give vectors of several. What was embedded before
-- is found under that name, too; the model inside the program has one dimension, and keeps its name.
do $$
declare
  embedded text;
begin
  foreach embedded in array array['document_chunks', 'answers'] loop
    execute format('alter table %I no force row level security', embedded);
    execute format($update$
      update %I set embedding_model = embedding_model || '@' || vector_dims(embedding)
      where embedding is not null and embedding_model <> 'all-minilm-l6-v2-int8' and embedding_model !~ '@\d+$'
    $update$, embedded);
    execute format('alter table %I force row level security', embedded);
  end loop;
end
$$;
