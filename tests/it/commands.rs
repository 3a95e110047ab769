use db::{embedded::Embedded, sqlx};

use crate::support::{Browser, Gate, Postgres, Program, Provider, folder, pairs, run};

#[tokio::test]
async fn migrations_run_again_and_leave_no_database_running() {
    let folder = folder();
    let data = folder.path().join("data");
    for _ in 0..2 {
        let output = run(&data, &["migrate"], &[]).await;
        assert!(output.success, "{}", output.stderr);
        assert_eq!(output.stdout, "The database is up to date.\n");
        assert!(Embedded::of_running(&data).is_none());
    }
}

#[tokio::test]
async fn the_demonstration_is_made_once_and_can_be_signed_in_to() {
    let folder = folder();
    let data = folder.path().join("data");
    let provider = Provider::start(&Gate::default()).await;
    let settings = provider.settings();
    let mut settings = pairs(&settings);
    let program = Program::ready(&data, "serve", &settings).await;
    let address = program.address.to_string();
    settings.push(("BISEDA_LISTEN", &address));
    // A command joins the program that runs.
    let seeded = run(&data, &["seed"], &settings).await;
    assert!(seeded.success, "{}", seeded.stderr);
    let value = |name: &str| {
        let line = seeded.stdout.lines().find(|line| line.trim_start().starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or_else(|| panic!("{}", seeded.stdout)).to_owned()
    };
    let again = run(&data, &["seed"], &settings).await;
    assert!(!again.success && again.stderr.contains("demo@example.com has an account already"), "{}", again.stderr);
    let pool = sqlx::PgPool::connect(&Embedded::of_running(&data).unwrap().owner).await.unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from organizations").fetch_one(&pool).await.unwrap();
    assert_eq!(count, 1);

    let browser = Browser::at(&program);
    let signed_in = browser.log_in(&value("e-mail"), &value("password")).await;
    assert_eq!((signed_in.status, signed_in.location.as_str()), (302, "/app"), "{}", signed_in.text);
    assert!(browser.get("/app").await.text.contains("Lumi Outdoor"));
    let inbox = browser.get("/app/inbox").await;
    assert_eq!(inbox.status, 200);
    let previews: Vec<String> =
        sqlx::query_scalar("select c.name from contacts c order by 1").fetch_all(&pool).await.unwrap();
    assert!(!previews.is_empty() && previews.iter().any(|name| inbox.text.contains(name.as_str())), "{previews:?}");
    program.stop().await;
}

#[tokio::test]
async fn platform_admins_are_made_on_the_command_line() {
    let folder = folder();
    let data = folder.path().join("data");
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let create = ["admin", "create", "--email", "root@example.com", "--name", "Root"];
    let made = run(&data, &create, &settings).await;
    assert!(made.success && made.stdout.contains("root@example.com is a platform admin"), "{made:?}");
    let password = made.stdout.lines().find_map(|line| line.strip_prefix("Password: ")).unwrap();
    assert!(password.len() >= 32);
    let again = run(&data, &create, &settings).await;
    assert!(!again.success && again.stderr.contains("a user with this address exists"), "{}", again.stderr);
    let admins: Vec<String> = sqlx::query_scalar("select email from users where is_platform_admin")
        .fetch_all(&postgres.pool().await)
        .await
        .unwrap();
    assert_eq!(admins, ["root@example.com"]);
}

#[tokio::test]
async fn a_row_of_a_log_that_was_changed_is_named() {
    let folder = folder();
    let data = folder.path().join("data");
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let verify = async |more: &[&str]| {
        let arguments: Vec<&str> = ["audit", "verify"].iter().chain(more).copied().collect();
        run(&data, &arguments, &settings).await
    };
    let empty = verify(&[]).await;
    assert!(empty.success, "{empty:?}");
    assert_eq!(empty.stdout, "ok      platform (the operators' log): 0 rows\n");

    let pool = sqlx::PgPool::connect_lazy(&format!("{url}?options=-c%20role%3Dbiseda_app")).unwrap();
    let db = db::Db::new(pool, std::sync::Arc::new(db::SystemClock));
    let mut organizations = Vec::new();
    for slug in ["alba", "drini"] {
        let organization = types::id::OrganizationId(db.new_id());
        sqlx::raw_sql(&format!(
            "insert into organizations (id, name, slug) values ('{organization}', 'Test', '{slug}');
             insert into organization_index (organization_id, name, slug, status, created_at)
             values ('{organization}', 'Test', '{slug}', 'active', now())"
        ))
        .execute(&postgres.pool().await)
        .await
        .unwrap();
        for name in ["hello", "bye"] {
            let mut cx = db.begin(organization, db::Actor::System).await.unwrap();
            domain::canned_responses::create(&mut cx, name, "Good day").await.unwrap();
            cx.commit().await.unwrap();
        }
        organizations.push(organization);
    }
    let line = |number: usize, end: &str| format!("{} ({}): {end}\n", ["alba", "drini"][number], organizations[number]);
    let whole = verify(&[]).await;
    assert!(whole.success, "{whole:?}");
    for number in [0, 1] {
        assert!(whole.stdout.contains(&format!("ok      {}", line(number, "2 rows"))), "{}", whole.stdout);
    }
    // Only the owner of the schema can.
    sqlx::query("update audit_logs set after = '{}' where organization_id = $1 and seq = 2")
        .bind(organizations[1].0)
        .execute(&postgres.pool().await)
        .await
        .unwrap();
    let broken = verify(&[]).await;
    let changed = format!("broken  {}", line(1, "row 2 is missing or was changed"));
    assert!(!broken.success && broken.stderr.contains("one log is not whole"), "{broken:?}");
    assert!(broken.stdout.contains(&changed), "{}", broken.stdout);
    assert!(broken.stdout.contains(&format!("ok      {}", line(0, "2 rows"))), "{}", broken.stdout);
    let one = verify(&["--organization", "drini"]).await;
    assert_eq!((one.success, one.stdout), (false, changed));
    let other = verify(&["--organization", &organizations[0].to_string()]).await;
    assert_eq!((other.success, other.stdout), (true, format!("ok      {}", line(0, "2 rows"))));
    let none = verify(&["--organization", "nobody"]).await;
    assert!(!none.success && none.stderr.contains("there is no such organization"), "{none:?}");
}

#[tokio::test]
async fn the_doctor_names_what_is_there_and_what_is_missing() {
    let folder = folder();
    let data = folder.path().join("data");
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    let postgres = Postgres::start().await;
    let (url, site_root) = (postgres.url(), site.to_string_lossy().into_owned());
    let mut settings = vec![
        ("DATABASE_URL", url.as_str()),
        ("BISEDA_SITE_ROOT", site_root.as_str()),
        ("BISEDA_EMBEDDING_PROVIDER", "openai"),
        ("BISEDA_EMBEDDING_BASE_URL", "http://127.0.0.1:9/v1"),
    ];
    let first = run(&data, &["doctor"], &settings).await;
    assert!(!first.success && first.stderr.contains("one thing is missing"), "{first:?}");
    assert!(first.stdout.contains("missing  site"), "{}", first.stdout);
    assert!(first.stdout.contains("note     schema") && first.stdout.contains("will run at the next start"));
    assert!(!data.exists(), "it changes nothing");

    std::fs::write(site.join("build.txt"), "").unwrap();
    assert!(run(&data, &["migrate"], &settings).await.success);
    let healthy = run(&data, &["doctor"], &settings).await;
    assert!(healthy.success, "{healthy:?}");
    assert!(healthy.stdout.contains("ok       schema       up to date"), "{}", healthy.stdout);
    assert!(healthy.stdout.contains("the program will work as biseda_app"), "{}", healthy.stdout);

    settings[0].1 = "postgres://somebody@127.0.0.1:9/none";
    let away = run(&data, &["doctor"], &settings).await;
    assert!(!away.success && away.stdout.contains("missing  database     cannot be reached"), "{}", away.stdout);
    assert!(!away.stdout.contains("somebody"), "addresses hold passwords: {}", away.stdout);
}

#[tokio::test]
async fn the_doctor_knows_who_may_bring_a_new_database_up_to_date() {
    let folder = folder();
    let data = folder.path().join("data");
    let site = folder.path().join("site");
    std::fs::create_dir(&site).unwrap();
    std::fs::write(site.join("build.txt"), "").unwrap();
    let site_root = site.to_string_lossy().into_owned();
    let postgres = Postgres::start().await;
    // As docs/operations.md asks of an operator.
    let server = postgres.pool().await;
    for statement in [
        "alter role biseda_app password 'word'",
        "create role biseda login password 'word' in role biseda_app",
        "create database own owner biseda",
    ] {
        sqlx::query(statement).execute(&server).await.unwrap();
    }
    let superuser =
        sqlx::PgPool::connect(&format!("{}/own", postgres.url().rsplit_once('/').unwrap().0)).await.unwrap();
    sqlx::raw_sql("create extension vector; create extension btree_gin; create extension pg_trgm;")
        .execute(&superuser)
        .await
        .unwrap();
    let [owner, app] =
        ["biseda", "biseda_app"].map(|role| format!("postgres://{role}:word@127.0.0.1:{}/own", postgres.port()));
    let doctor = async |url: &str| {
        let settings = [
            ("DATABASE_URL", url),
            ("BISEDA_SITE_ROOT", site_root.as_str()),
            ("BISEDA_EMBEDDING_PROVIDER", "openai"),
            ("BISEDA_EMBEDDING_BASE_URL", "http://127.0.0.1:9/v1"),
        ];
        run(&data, &["doctor"], &settings).await
    };
    let may = doctor(&owner).await;
    assert!(may.success && may.stdout.contains("will run at the next start"), "{may:?}");
    let may_not = doctor(&app).await;
    assert!(!may_not.success && may_not.stdout.contains("missing  schema"), "{may_not:?}");
    let migrated = run(&data, &["migrate"], &[("DATABASE_URL", &owner)]).await;
    assert!(migrated.success, "{migrated:?}");
    for url in [&owner, &app] {
        let healthy = doctor(url).await;
        assert!(healthy.success && healthy.stdout.contains("up to date"), "{healthy:?}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_named() {
    let folder = folder();
    let data = folder.path().join("data");
    for (setting, value, words) in [
        ("BISEDA_LISTEN", "nowhere", "listen"),
        ("BISEDA_LISTEM", "127.0.0.1:1", "listem"),
        ("BISEDA_PUBLIC_URL", "help.example.com", "public_url"),
        ("DATABASE_URL", "mysql://root@db/x", "database_url"),
        ("BISEDA_MAX_CONNECTIONS", "0", "setting max_connections"),
        ("BISEDA_DATABASE_MAX_CONNECTIONS", "3", "database_max_connections"),
        ("BISEDA_ALLOW_PRIVATE_ADDRESSES", "10.0.0.0/99", "allow_private_addresses"),
        ("BISEDA_LOG", "info,=,", "log"),
    ] {
        let output = run(&data, &["serve"], &[(setting, value)]).await;
        assert!(!output.success && output.stderr.starts_with("error: "), "{setting}: {output:?}");
        assert!(output.stderr.contains(words), "{setting}: {}", output.stderr);
    }
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str()), ("BISEDA_LISTEN", "127.0.0.1:0"), ("BISEDA_SECRET_KEY", "short")];
    let key = run(&data, &["serve"], &settings).await;
    assert!(!key.success && key.stderr.contains("secret_key"), "{}", key.stderr);
    let away = run(&data, &["serve"], &[("DATABASE_URL", "postgres://somebody@127.0.0.1:9/none")]).await;
    assert!(!away.success && away.stderr.contains("cannot reach the database"), "{}", away.stderr);
    let file = run(&data, &["--config", "nowhere.toml", "serve"], &[]).await;
    assert!(!file.success && file.stderr.contains("nowhere.toml does not exist"), "{}", file.stderr);
}
