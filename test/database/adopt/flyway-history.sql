-- What Flyway 11.8.2 left after it applied the three files of tool-projects.ts to an empty PostgreSQL 15, as pg_dump --inserts had it.
CREATE TABLE public.flyway_schema_history (
    installed_rank integer NOT NULL,
    version character varying(50),
    description character varying(200) NOT NULL,
    type character varying(20) NOT NULL,
    script character varying(1000) NOT NULL,
    checksum integer,
    installed_by character varying(100) NOT NULL,
    installed_on timestamp without time zone DEFAULT now() NOT NULL,
    execution_time integer NOT NULL,
    success boolean NOT NULL
);
CREATE TABLE public.ran (
    file text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    note text
);
INSERT INTO public.flyway_schema_history VALUES (1, '1', 'create ran', 'SQL', 'V1__create_ran.sql', -1579742294, 'postgres', '2026-11-21 19:50:25.095687', 17, true);
INSERT INTO public.flyway_schema_history VALUES (2, '1.1', 'add note', 'SQL', 'V1_1__add_note.sql', -315811032, 'postgres', '2026-11-21 19:50:25.206693', 8, true);
INSERT INTO public.flyway_schema_history VALUES (3, '2024.01.31', 'index ran', 'SQL', 'later/V2024.01.31__index_ran.sql', 1356155985, 'postgres', '2026-11-21 19:50:25.234281', 16, true);
INSERT INTO public.ran VALUES ('V1', '2026-11-21 19:50:25.176742+00', NULL);
INSERT INTO public.ran VALUES ('V1.1', '2026-11-21 19:50:25.212672+00', 'größer');
ALTER TABLE ONLY public.flyway_schema_history
    ADD CONSTRAINT flyway_schema_history_pk PRIMARY KEY (installed_rank);
CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success);
CREATE INDEX ran_file ON public.ran USING btree (file);
