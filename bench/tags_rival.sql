-- The same tags, written by hand for DuckDB: what a good engineer would write without the product.
-- Views: customers, employers, accounts, balances, transactions, events, interactions, facts.
-- {today} is the last day, {first} the first day of a year back.
CREATE OR REPLACE TEMP TABLE rival_base AS
WITH
tx AS (
  SELECT customer_id, amount, kind, channel, CAST(posted_at AS DATE) AS d,
         DATE '{today}' - CAST(posted_at AS DATE) AS age, hour(posted_at) AS h,
         amount > 0 AND kind IN ('salary','pension','transfer_in','cash_in','refund','other') AS i,
         amount < 0 AND kind IN ('transfer_out','card','cash_out','bill','fee','loan_repayment','other') AS o
  FROM transactions WHERE posted_at >= DATE '{first}' AND posted_at < DATE '{today}' + 1
),
t AS (
  SELECT customer_id,
    sum(CASE WHEN i AND age < 7 THEN amount END) inflow_7d,
    sum(CASE WHEN i AND age < 30 THEN amount END) inflow_30d,
    sum(CASE WHEN i AND age < 90 THEN amount END) inflow_90d,
    sum(CASE WHEN o AND age < 30 THEN -amount END) outflow_30d,
    sum(CASE WHEN o AND age < 90 THEN -amount END) outflow_90d,
    max(CASE WHEN i AND age < 7 THEN amount END) largest_inflow_7d,
    count(CASE WHEN age < 30 THEN 1 END) transactions_30d,
    count(CASE WHEN age < 90 THEN 1 END) transactions_90d,
    count(*) transactions_365d,
    min(age) days_since_transaction,
    count(CASE WHEN kind = 'salary' AND age < 90 THEN 1 END) salaries_90d,
    sum(CASE WHEN kind = 'salary' AND age < 90 THEN amount END) salary_90d,
    min(CASE WHEN kind = 'salary' THEN age END) days_since_salary,
    sum(CASE WHEN kind = 'pension' AND age < 90 THEN amount END) pension_90d,
    sum(CASE WHEN kind = 'card' AND age < 30 THEN -amount END) card_spend_30d,
    sum(CASE WHEN kind = 'card' AND age < 90 THEN -amount END) card_spend_90d,
    sum(CASE WHEN kind = 'card' THEN -amount END) card_spend_365d,
    count(CASE WHEN kind = 'card' AND age < 90 THEN 1 END) cards_90d,
    min(CASE WHEN kind = 'card' THEN age END) days_since_card_use,
    sum(CASE WHEN kind = 'cash_out' AND age < 90 THEN -amount END) cash_out_90d,
    sum(CASE WHEN kind = 'transfer_out' AND age < 30 THEN -amount END) transfer_out_30d,
    count(CASE WHEN kind = 'bill' AND age < 90 THEN 1 END) bills_90d,
    sum(CASE WHEN kind IN ('purchase','deposit_open') AND age < 90 THEN -amount END) invested_90d,
    sum(CASE WHEN kind = 'redemption' AND age < 90 THEN amount END) redeemed_90d,
    sum(CASE WHEN kind IN ('loan_repayment','card_repayment') AND age < 90 THEN -amount END) repaid_90d,
    sum(CASE WHEN kind = 'fee' THEN -amount END) fees_365d,
    count(CASE WHEN channel IN ('app','web','mini_program') AND age < 90 THEN 1 END) digital_90d,
    count(CASE WHEN age < 30 AND kind IN ('card','transfer_out') AND (h + 8) % 24 < 5 THEN 1 END) night_transactions_30d,
    count(CASE WHEN age < 90 AND kind IN ('cash_out','cash_in') AND abs(amount) >= 5000000 THEN 1 END) large_cash_90d
  FROM tx GROUP BY customer_id
),
s1 AS (
  SELECT customer_id, merchant_category c,
    sum(CASE WHEN age < 30 THEN -amount END)::BIGINT d30,
    sum(-amount)::BIGINT d90,
    sum(CASE WHEN age >= 30 THEN -amount END)::BIGINT b
  FROM (SELECT customer_id, merchant_category, amount, DATE '{today}' - CAST(posted_at AS DATE) AS age
        FROM transactions WHERE kind = 'card' AND merchant_category IS NOT NULL
          AND posted_at >= DATE '{today}' - 89 AND posted_at < DATE '{today}' + 1)
  GROUP BY ALL
),
s AS (
  SELECT customer_id,
    31 - max(d90 * 32 + 31 - n) FILTER (d90 > 0) % 32 n90,
    31 - max(d30 * 32 + 31 - n) FILTER (d30 > 0) % 32 n30,
    31 - max(b * 32 + 31 - n) FILTER (b > 0) % 32 nb,
    sum(d90) FILTER (c = 'dining') dining_spend_90d, sum(d90) FILTER (c = 'travel') travel_spend_90d,
    sum(d90) FILTER (c = 'groceries') groceries_spend_90d, sum(d90) FILTER (c = 'children') children_spend_90d,
    sum(d90) FILTER (c = 'education') education_spend_90d, sum(d90) FILTER (c = 'health') health_spend_90d,
    sum(d90) FILTER (c = 'luxury') luxury_spend_90d, sum(d90) FILTER (c = 'fuel') fuel_spend_90d,
    sum(d90) FILTER (c = 'gambling') gambling_spend_90d,
    coalesce(sum(d90) FILTER (c IN ('groceries','utilities','health','transport')), 0)::DOUBLE / nullif(sum(d90), 0) essentials_share_90d
  FROM (SELECT *, list_position({categories}, c) - 1 AS n FROM s1) GROUP BY customer_id
),
payees AS (
  SELECT customer_id, count(*) payees_90d FROM (
    SELECT DISTINCT customer_id, counterparty FROM transactions
    WHERE kind = 'transfer_out' AND counterparty IS NOT NULL
      AND posted_at >= DATE '{today}' - 89 AND posted_at < DATE '{today}' + 1)
  GROUP BY customer_id
),
ev AS (
  SELECT customer_id, name, channel, family, duration_seconds, CAST(occurred_at AS DATE) AS d,
         DATE '{today}' - CAST(occurred_at AS DATE) AS age
  FROM events WHERE occurred_at >= DATE '{today}' - 89 AND occurred_at < DATE '{today}' + 1
),
e AS (
  SELECT customer_id,
    count(*) FILTER (name = 'login' AND age < 7) logins_7d,
    count(*) FILTER (name = 'login' AND age < 30) logins_30d,
    count(*) FILTER (name = 'login') logins_90d,
    min(age) FILTER (name = 'login') days_since_login,
    count(*) FILTER (name = 'login' AND channel = 'app') app_logins_90d,
    count(*) FILTER (name = 'login' AND channel = 'web') web_logins_90d,
    count(*) FILTER (name = 'login' AND channel = 'mini_program') mini_program_logins_90d,
    floor(sum(duration_seconds::BIGINT) FILTER (age < 30) / 60)::BIGINT online_minutes_30d,
    count(*) FILTER (name = 'product_view' AND age < 30) product_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family IN ('money_fund','bond_fund','mixed_fund','equity_fund')) fund_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family = 'wealth') wealth_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family IN ('mortgage','consumer_loan','business_loan')) loan_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family IN ('demand_deposit','term_deposit','large_certificate')) deposit_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family IN ('insurance','pension')) insurance_views_30d,
    count(*) FILTER (name = 'product_view' AND age < 30 AND family = 'credit_card') card_views_30d,
    count(*) FILTER (name = 'search' AND age < 30) searches_30d,
    count(*) FILTER (name = 'apply_start') applications_started_90d,
    count(*) FILTER (name = 'apply_submit') applications_submitted_90d,
    max(d) FILTER (name = 'apply_start') > coalesce(max(d) FILTER (name = 'apply_submit'), DATE '1900-01-01') application_abandoned
  FROM ev GROUP BY customer_id
),
hours AS (
  SELECT customer_id, 23 - max(n * 24 + 23 - h) % 24 preferred_hour FROM (
    SELECT customer_id, (hour(occurred_at) + 8) % 24 h, count(*) n FROM events
    WHERE name = 'login' AND occurred_at >= DATE '{today}' - 89 AND occurred_at < DATE '{today}' + 1
    GROUP BY ALL)
  GROUP BY customer_id
),
n AS (
  SELECT customer_id,
    count(*) FILTER (kind IN ('visit','meeting') AND age < 90) branch_visits_90d,
    count(*) FILTER (kind = 'call_in' AND age < 90) calls_in_90d,
    count(*) FILTER (kind = 'chat' AND age < 90) chats_90d,
    count(*) FILTER (kind = 'complaint' AND age < 90) complaints_90d,
    count(*) FILTER (kind = 'complaint' AND outcome = 'unresolved' AND age < 90) complaints_unresolved_90d,
    count(*) FILTER (kind = 'marketing' AND outcome = 'accepted') marketing_accepted_365d,
    count(*) FILTER (kind = 'marketing' AND outcome = 'refused') marketing_refused_365d,
    min(age) FILTER (kind IN ('visit','meeting','call_in','call_out','chat')) days_since_contact,
    arg_max(round(score * 100) / 100, occurred_at) FILTER (kind = 'survey' AND score BETWEEN 0 AND 10) last_survey_score
  FROM (SELECT *, DATE '{today}' - CAST(occurred_at AS DATE) AS age FROM interactions
        WHERE occurred_at >= DATE '{first}' AND occurred_at < DATE '{today}' + 1)
  GROUP BY customer_id
),
b1 AS (
  SELECT b.customer_id, family f, min(closed_on) closed,
    arg_max(balance, date) w0, max(date) d0,
    arg_max(balance, date) FILTER (date <= DATE '{today}' - 30) w30, max(date) FILTER (date <= DATE '{today}' - 30) d30,
    arg_max(balance, date) FILTER (date <= DATE '{today}' - 90) w90, max(date) FILTER (date <= DATE '{today}' - 90) d90,
    sum(coalesce(average_balance, balance) * coalesce(period_days, 1)) FILTER (date > DATE '{today}' - 30) s30,
    sum(coalesce(period_days, 1)) FILTER (date > DATE '{today}' - 30) p30,
    sum(coalesce(average_balance, balance) * coalesce(period_days, 1)) FILTER (date > DATE '{today}' - 90) s90,
    sum(coalesce(period_days, 1)) FILTER (date > DATE '{today}' - 90) p90
  FROM balances b LEFT JOIN (SELECT account_id, closed_on FROM accounts WHERE closed_on IS NOT NULL) USING (account_id)
  WHERE date > DATE '{today}' - 135 AND date <= DATE '{today}'
  GROUP BY b.customer_id, account_id, family
),
b2 AS (
  SELECT *, f IN ('demand_deposit','term_deposit','large_certificate','money_fund','bond_fund','mixed_fund','equity_fund','wealth','insurance','metal','pension') a,
    CASE WHEN DATE '{today}' - d0 < 45 AND (closed IS NULL OR closed > DATE '{today}') THEN w0 END now,
    CASE WHEN DATE '{today}' - d30 < 75 AND (closed IS NULL OR closed > DATE '{today}' - 30) THEN w30 END ago30,
    CASE WHEN DATE '{today}' - d90 < 135 AND (closed IS NULL OR closed > DATE '{today}' - 90) THEN w90 END ago90
  FROM b1
),
b AS (
  SELECT customer_id,
    sum(now) FILTER (a) aum, sum(ago30) FILTER (a) aum_30d_ago, sum(ago90) FILTER (a) aum_90d_ago,
    round(sum(s30) FILTER (a) / nullif(max(p30) FILTER (a), 0))::BIGINT aum_avg_30d,
    round(sum(s90) FILTER (a) / nullif(max(p90) FILTER (a), 0))::BIGINT aum_avg_90d,
    sum(now) FILTER (f IN ('demand_deposit','term_deposit','large_certificate')) deposit_balance,
    sum(now) FILTER (f = 'demand_deposit') demand_balance,
    sum(now) FILTER (f IN ('term_deposit','large_certificate')) term_balance,
    sum(now) FILTER (f IN ('money_fund','bond_fund','mixed_fund','equity_fund')) fund_balance,
    sum(now) FILTER (f = 'wealth') wealth_balance, sum(now) FILTER (f = 'insurance') insurance_balance,
    -sum(now) FILTER (f IN ('mortgage','consumer_loan','business_loan')) loan_balance,
    -sum(now) FILTER (f = 'credit_card') card_debt
  FROM b2 GROUP BY customer_id
),
a AS (
  SELECT customer_id,
    bool_or(o AND family = 'demand_deposit') holds_demand,
    bool_or(o AND family IN ('term_deposit','large_certificate')) holds_term_deposit,
    bool_or(o AND family IN ('money_fund','bond_fund','mixed_fund','equity_fund')) holds_fund,
    bool_or(o AND family = 'wealth') holds_wealth, bool_or(o AND family = 'insurance') holds_insurance,
    bool_or(o AND family = 'metal') holds_metal, bool_or(o AND family = 'pension') holds_pension,
    bool_or(o AND family = 'credit_card') holds_credit_card, bool_or(o AND family = 'mortgage') holds_mortgage,
    bool_or(o AND family = 'consumer_loan') holds_consumer_loan, bool_or(o AND family = 'business_loan') holds_business_loan,
    bool_or(o AND family = 'payroll') holds_payroll, count(*) FILTER (o) accounts_open,
    min(matures_on - DATE '{today}') FILTER (m) days_to_maturity,
    sum(principal) FILTER (m AND matures_on - DATE '{today}' < 30) maturing_amount_30d,
    sum(principal) FILTER (m AND matures_on - DATE '{today}' < 90) maturing_amount_90d,
    sum(credit_limit) FILTER (o AND family = 'credit_card') credit_limit,
    bool_or(activated_on IS NOT NULL AND activated_on <= DATE '{today}') FILTER (o AND family = 'credit_card') card_activated,
    min(DATE '{today}' - opened_on) FILTER (opened_on <= DATE '{today}' AND family = 'credit_card') days_since_card_issue,
    min(DATE '{today}' - opened_on) FILTER (opened_on <= DATE '{today}') days_since_new_account,
    min(DATE '{today}' - closed_on) FILTER (closed_on <= DATE '{today}') days_since_closure,
    bool_and(family IN ('demand_deposit','term_deposit','large_certificate')) FILTER (o AND family <> 'debit_card') deposits_only
  FROM (SELECT *, o AND family IN ('term_deposit','large_certificate','wealth') AND matures_on >= DATE '{today}' AS m
        FROM (SELECT *, (opened_on IS NULL OR opened_on <= DATE '{today}') AND (closed_on IS NULL OR closed_on > DATE '{today}') AS o FROM accounts))
  GROUP BY customer_id
),
x AS (
  SELECT customer_id, max(value_number) FILTER (fact = 'credit_score') external_credit_score,
    max(value_number) FILTER (fact = 'district_income') district_income, bool_or(fact = 'vehicle') owns_vehicle
  FROM facts GROUP BY customer_id
)
SELECT c.customer_id, c.bucket, c.kind customer_kind, c.gender, c.province, c.city, c.time_zone, c.branch_id, c.manager_id,
  c.education, c.occupation, c.marital_status, c.children, c.employer_id, c.declared_income, c.risk_capacity,
  c.marketing_consent consent_marketing, c.consent_sms, c.consent_email, c.consent_phone, c.consent_app,
  c.personalisation_refused, c.blacklisted, c.deceased, c.staff_member,
  date_sub('year', c.birth_date, DATE '{today}') age,
  date_sub('month', c.opened_on, DATE '{today}') customer_months,
  date_sub('year', c.youngest_child_birth_date, DATE '{today}') youngest_child_age,
  c.mobile IS NOT NULL AND c.mobile <> '' has_mobile, c.email IS NOT NULL AND c.email <> '' has_email,
  make_date(year(DATE '{today}') + (month(c.birth_date) * 100 + least(day(c.birth_date), CASE month(c.birth_date) WHEN 2 THEN 28 ELSE 31 END)
    < month(DATE '{today}') * 100 + day(DATE '{today}'))::INT, month(c.birth_date),
    least(day(c.birth_date), CASE month(c.birth_date) WHEN 2 THEN 28 ELSE 31 END)) - DATE '{today}' days_to_birthday,
  DATE '{today}' - c.risk_assessed_at::DATE days_since_risk_test,
  epoch(c.risk_assessed_at)::BIGINT risk_tested_at,
  p.industry employer_industry, p.headcount employer_headcount, p.payroll_client employer_payroll_client,
  t.* EXCLUDE (customer_id), s.* EXCLUDE (customer_id), payees.* EXCLUDE (customer_id), e.* EXCLUDE (customer_id),
  hours.* EXCLUDE (customer_id), n.* EXCLUDE (customer_id), b.* EXCLUDE (customer_id), a.* EXCLUDE (customer_id), x.* EXCLUDE (customer_id)
FROM customers c LEFT JOIN (SELECT employer_id, industry, headcount, payroll_client FROM employers) p USING (employer_id)
LEFT JOIN t USING (customer_id) LEFT JOIN s USING (customer_id) LEFT JOIN payees USING (customer_id)
LEFT JOIN e USING (customer_id) LEFT JOIN hours USING (customer_id) LEFT JOIN n USING (customer_id)
LEFT JOIN b USING (customer_id) LEFT JOIN a USING (customer_id) LEFT JOIN x USING (customer_id);
-- derived
WITH
z AS (SELECT * REPLACE (
    coalesce(payees_90d, 0)::BIGINT AS payees_90d, coalesce(aum, 0)::BIGINT AS aum,
    coalesce(aum_avg_30d, 0)::BIGINT AS aum_avg_30d, coalesce(aum_avg_90d, 0)::BIGINT AS aum_avg_90d,
    coalesce(aum_30d_ago, 0)::BIGINT AS aum_30d_ago, coalesce(aum_90d_ago, 0)::BIGINT AS aum_90d_ago,
    coalesce(deposit_balance, 0)::BIGINT AS deposit_balance, coalesce(demand_balance, 0)::BIGINT AS demand_balance,
    coalesce(term_balance, 0)::BIGINT AS term_balance, coalesce(fund_balance, 0)::BIGINT AS fund_balance,
    coalesce(wealth_balance, 0)::BIGINT AS wealth_balance,
    coalesce(insurance_balance, 0)::BIGINT AS insurance_balance, coalesce(loan_balance, 0)::BIGINT AS loan_balance,
    coalesce(card_debt, 0)::BIGINT AS card_debt, coalesce(accounts_open, 0)::BIGINT AS accounts_open,
    coalesce(maturing_amount_30d, 0)::BIGINT AS maturing_amount_30d,
    coalesce(maturing_amount_90d, 0)::BIGINT AS maturing_amount_90d,
    coalesce(credit_limit, 0)::BIGINT AS credit_limit, coalesce(inflow_7d, 0)::BIGINT AS inflow_7d,
    coalesce(inflow_30d, 0)::BIGINT AS inflow_30d, coalesce(inflow_90d, 0)::BIGINT AS inflow_90d,
    coalesce(outflow_30d, 0)::BIGINT AS outflow_30d, coalesce(outflow_90d, 0)::BIGINT AS outflow_90d,
    coalesce(largest_inflow_7d, 0)::BIGINT AS largest_inflow_7d,
    coalesce(transactions_30d, 0)::BIGINT AS transactions_30d,
    coalesce(transactions_90d, 0)::BIGINT AS transactions_90d,
    coalesce(transactions_365d, 0)::BIGINT AS transactions_365d, coalesce(salaries_90d, 0)::BIGINT AS salaries_90d,
    coalesce(pension_90d, 0)::BIGINT AS pension_90d, coalesce(card_spend_30d, 0)::BIGINT AS card_spend_30d,
    coalesce(card_spend_90d, 0)::BIGINT AS card_spend_90d, coalesce(card_spend_365d, 0)::BIGINT AS card_spend_365d,
    coalesce(cash_out_90d, 0)::BIGINT AS cash_out_90d, coalesce(transfer_out_30d, 0)::BIGINT AS transfer_out_30d,
    coalesce(bills_90d, 0)::BIGINT AS bills_90d, coalesce(invested_90d, 0)::BIGINT AS invested_90d,
    coalesce(redeemed_90d, 0)::BIGINT AS redeemed_90d, coalesce(repaid_90d, 0)::BIGINT AS repaid_90d,
    coalesce(fees_365d, 0)::BIGINT AS fees_365d, coalesce(logins_7d, 0)::BIGINT AS logins_7d,
    coalesce(logins_30d, 0)::BIGINT AS logins_30d, coalesce(logins_90d, 0)::BIGINT AS logins_90d,
    coalesce(app_logins_90d, 0)::BIGINT AS app_logins_90d, coalesce(web_logins_90d, 0)::BIGINT AS web_logins_90d,
    coalesce(mini_program_logins_90d, 0)::BIGINT AS mini_program_logins_90d,
    coalesce(online_minutes_30d, 0)::BIGINT AS online_minutes_30d,
    coalesce(product_views_30d, 0)::BIGINT AS product_views_30d,
    coalesce(fund_views_30d, 0)::BIGINT AS fund_views_30d, coalesce(wealth_views_30d, 0)::BIGINT AS wealth_views_30d,
    coalesce(loan_views_30d, 0)::BIGINT AS loan_views_30d,
    coalesce(deposit_views_30d, 0)::BIGINT AS deposit_views_30d,
    coalesce(insurance_views_30d, 0)::BIGINT AS insurance_views_30d,
    coalesce(card_views_30d, 0)::BIGINT AS card_views_30d, coalesce(searches_30d, 0)::BIGINT AS searches_30d,
    coalesce(applications_started_90d, 0)::BIGINT AS applications_started_90d,
    coalesce(applications_submitted_90d, 0)::BIGINT AS applications_submitted_90d,
    coalesce(branch_visits_90d, 0)::BIGINT AS branch_visits_90d, coalesce(calls_in_90d, 0)::BIGINT AS calls_in_90d,
    coalesce(chats_90d, 0)::BIGINT AS chats_90d, coalesce(dining_spend_90d, 0)::BIGINT AS dining_spend_90d,
    coalesce(travel_spend_90d, 0)::BIGINT AS travel_spend_90d,
    coalesce(groceries_spend_90d, 0)::BIGINT AS groceries_spend_90d,
    coalesce(children_spend_90d, 0)::BIGINT AS children_spend_90d,
    coalesce(education_spend_90d, 0)::BIGINT AS education_spend_90d,
    coalesce(health_spend_90d, 0)::BIGINT AS health_spend_90d,
    coalesce(luxury_spend_90d, 0)::BIGINT AS luxury_spend_90d, coalesce(fuel_spend_90d, 0)::BIGINT AS fuel_spend_90d,
    coalesce(complaints_90d, 0)::BIGINT AS complaints_90d,
    coalesce(complaints_unresolved_90d, 0)::BIGINT AS complaints_unresolved_90d,
    coalesce(marketing_accepted_365d, 0)::BIGINT AS marketing_accepted_365d,
    coalesce(marketing_refused_365d, 0)::BIGINT AS marketing_refused_365d,
    coalesce(night_transactions_30d, 0)::BIGINT AS night_transactions_30d,
    coalesce(large_cash_90d, 0)::BIGINT AS large_cash_90d,
    coalesce(gambling_spend_90d, 0)::BIGINT AS gambling_spend_90d,
    coalesce(owns_vehicle, false) AS owns_vehicle, coalesce(holds_demand, false) AS holds_demand,
    coalesce(holds_term_deposit, false) AS holds_term_deposit, coalesce(holds_fund, false) AS holds_fund,
    coalesce(holds_wealth, false) AS holds_wealth, coalesce(holds_insurance, false) AS holds_insurance,
    coalesce(holds_metal, false) AS holds_metal, coalesce(holds_pension, false) AS holds_pension,
    coalesce(holds_credit_card, false) AS holds_credit_card, coalesce(holds_mortgage, false) AS holds_mortgage,
    coalesce(holds_consumer_loan, false) AS holds_consumer_loan,
    coalesce(holds_business_loan, false) AS holds_business_loan, coalesce(holds_payroll, false) AS holds_payroll,
    coalesce(deposits_only, false) AS deposits_only, coalesce(application_abandoned, false) AS application_abandoned),
    round(salary_90d / nullif(salaries_90d, 0))::BIGINT salary_amount,
    round(card_spend_90d / nullif(cards_90d, 0))::BIGINT average_ticket_90d,
    digital_90d::DOUBLE / nullif(transactions_90d, 0) digital_share_90d,
    {categories}[n90::INT + 1] top_merchant_category,
    {categories}[n30::INT + 1] top_merchant_category_30d,
    {categories}[nb::INT + 1] top_merchant_category_before
  FROM rival_base),
d AS (SELECT *,
    coalesce(children > 0 OR youngest_child_age >= 0, false) is_parent,
    aum - aum_30d_ago aum_change_30d,
    (aum - aum_90d_ago)::DOUBLE / nullif(greatest(aum_90d_ago, 0), 0) aum_change_rate_90d,
    CASE WHEN aum_avg_90d >= 600000000 THEN 'private' WHEN aum_avg_90d >= 100000000 THEN 'platinum'
      WHEN aum_avg_90d >= 20000000 THEN 'gold' WHEN aum_avg_90d >= 5000000 THEN 'silver' ELSE 'basic' END tier,
    CASE WHEN aum_avg_90d < 5000000 THEN 5000000 - aum_avg_90d WHEN aum_avg_90d < 20000000 THEN 20000000 - aum_avg_90d
      WHEN aum_avg_90d < 100000000 THEN 100000000 - aum_avg_90d WHEN aum_avg_90d < 600000000 THEN 600000000 - aum_avg_90d END to_next_tier,
    1 + (aum_avg_90d > {aum_1})::INT + (aum_avg_90d > {aum_2})::INT + (aum_avg_90d > {aum_3})::INT + (aum_avg_90d > {aum_4})::INT aum_band,
    coalesce(5 - (days_since_transaction > {rec_1})::INT - (days_since_transaction > {rec_2})::INT
      - (days_since_transaction > {rec_3})::INT - (days_since_transaction > {rec_4})::INT, 1) recency_band,
    1 + (transactions_90d > {fre_1})::INT + (transactions_90d > {fre_2})::INT + (transactions_90d > {fre_3})::INT + (transactions_90d > {fre_4})::INT frequency_band,
    1 + (outflow_90d > {mon_1})::INT + (outflow_90d > {mon_2})::INT + (outflow_90d > {mon_3})::INT + (outflow_90d > {mon_4})::INT monetary_band,
    aum - loan_balance - card_debt net_worth,
    demand_balance::DOUBLE / nullif(greatest(aum, 0), 0) demand_share,
    (fund_balance + wealth_balance)::DOUBLE / nullif(greatest(aum, 0), 0) invested_share,
    holds_demand::INT + holds_term_deposit::INT + holds_fund::INT + holds_wealth::INT + holds_insurance::INT + holds_metal::INT
      + holds_pension::INT + holds_credit_card::INT + holds_mortgage::INT + holds_consumer_loan::INT + holds_business_loan::INT + holds_payroll::INT products_held,
    card_debt::DOUBLE / nullif(credit_limit, 0) card_utilisation,
    coalesce(holds_credit_card AND NOT card_activated, false) card_waiting,
    inflow_30d - outflow_30d net_flow_30d,
    largest_inflow_7d >= 5000000 AND largest_inflow_7d >= 0.5 * inflow_90d large_inflow,
    coalesce(salaries_90d >= 2 AND days_since_salary <= 45, false) salary_detected,
    pension_90d > 0 pension_received,
    card_spend_30d::DOUBLE * 3 / nullif(greatest(card_spend_90d, 0), 0) - 1 card_spend_change,
    CASE WHEN logins_30d >= 15 THEN 'devoted' WHEN logins_30d >= 4 THEN 'regular' WHEN logins_90d > 0 THEN 'occasional' ELSE 'absent' END app_engagement,
    logins_90d >= 6 AND logins_30d = 0 app_lapsed,
    greatest(app_logins_90d, mini_program_logins_90d, web_logins_90d, branch_visits_90d, calls_in_90d) most,
    greatest(fund_views_30d, wealth_views_30d, deposit_views_30d, loan_views_30d, insurance_views_30d, card_views_30d) seen,
    CASE WHEN preferred_hour < 6 THEN 'night' WHEN preferred_hour < 12 THEN 'morning' WHEN preferred_hour < 18 THEN 'afternoon'
      WHEN preferred_hour <= 23 THEN 'evening' END preferred_day_part,
    coalesce(top_merchant_category_30d <> top_merchant_category_before, false) spend_shifted,
    CASE WHEN essentials_share_90d >= 0.6 OR (average_ticket_90d < 6000 AND card_spend_90d > 0) THEN 'high'
      WHEN luxury_spend_90d > 0 OR average_ticket_90d >= 50000 THEN 'low' WHEN card_spend_90d > 0 THEN 'medium' END price_sensitivity,
    coalesce(days_since_risk_test <= 365 AND risk_capacity IS NOT NULL, false) risk_test_valid,
    CASE WHEN complaints_unresolved_90d > 0 OR complaints_90d >= 2 THEN 'angry' WHEN complaints_90d = 1 OR last_survey_score <= 6 THEN 'unhappy'
      WHEN last_survey_score >= 9 THEN 'delighted' WHEN last_survey_score > 6 THEN 'content' ELSE 'neutral' END service_temper,
    CASE WHEN marketing_accepted_365d > 0 THEN 'open' WHEN marketing_refused_365d >= 3 THEN 'tired'
      WHEN marketing_refused_365d > 0 THEN 'reserved' ELSE 'unknown' END marketing_openness,
    outflow_30d >= 5000000 AND outflow_30d >= 0.7 * outflow_90d outflow_spike,
    night_transactions_30d >= 5 AND night_transactions_30d >= 0.3 * transactions_30d night_activity,
    gambling_spend_90d > 0 gambling_seen, large_cash_90d >= 2 cash_heavy,
    transactions_365d <= 3 AND largest_inflow_7d >= 5000000 dormant_awakened,
    coalesce(age >= 70 OR age < 18 OR blacklisted OR deceased, false) protected
  FROM z)
SELECT *,
  CASE WHEN aum_change_rate_90d >= 0.1 THEN 'rising' WHEN aum_change_rate_90d <= -0.1 THEN 'falling' WHEN aum_change_rate_90d IS NOT NULL THEN 'steady' END aum_trend,
  coalesce(to_next_tier <= 0.1 * aum_avg_90d AND aum_avg_90d > 0, false) near_next_tier,
  coalesce(demand_balance >= 5000000 AND demand_share >= 0.5 AND outflow_30d < 0.5 * demand_balance, false) idle_money,
  CASE WHEN products_held > 0 AND NOT (holds_demand OR holds_term_deposit OR holds_fund OR holds_wealth) THEN 'borrower_only'
    WHEN holds_fund AND holds_wealth AND (holds_insurance OR holds_pension) THEN 'full' WHEN holds_fund OR holds_wealth THEN 'investor'
    WHEN holds_term_deposit THEN 'saver' WHEN holds_demand THEN 'transactor' ELSE 'none' END product_ladder,
  recency_band + frequency_band + monetary_band rfm_score,
  CASE WHEN customer_months < 3 THEN 'new'
    WHEN (days_since_transaction > 180 OR days_since_transaction IS NULL) AND aum < 100000 THEN 'lost'
    WHEN (days_since_transaction > 90 OR days_since_transaction IS NULL) AND (days_since_login > 60 OR days_since_login IS NULL) THEN 'dormant'
    WHEN aum_change_rate_90d <= -0.3 AND aum_90d_ago >= 1000000 THEN 'declining'
    WHEN customer_months < 12 OR aum_change_rate_90d >= 0.2 THEN 'growing' ELSE 'mature' END lifecycle,
  CASE WHEN most = 0 THEN NULL WHEN app_logins_90d = most THEN 'app' WHEN mini_program_logins_90d = most THEN 'mini_program'
    WHEN web_logins_90d = most THEN 'web' WHEN branch_visits_90d = most THEN 'branch' ELSE 'call_centre' END preferred_channel,
  CASE WHEN seen = 0 THEN NULL WHEN fund_views_30d = seen THEN 'fund' WHEN wealth_views_30d = seen THEN 'wealth' WHEN deposit_views_30d = seen THEN 'deposit'
    WHEN loan_views_30d = seen THEN 'loan' WHEN insurance_views_30d = seen THEN 'insurance' ELSE 'credit_card' END product_interest,
  CASE WHEN risk_capacity IN ('C4','C5') AND (holds_fund OR fund_views_30d >= 3) THEN 'bold'
    WHEN risk_capacity IN ('C1','C2') OR (invested_share < 0.05 AND holds_term_deposit) THEN 'cautious'
    WHEN risk_capacity IS NOT NULL OR holds_fund OR holds_wealth THEN 'balanced' END risk_appetite,
  coalesce(aum_90d_ago >= 5000000 AND aum_change_rate_90d <= -0.5, false) assets_leaving,
  outflow_spike::INT * 25 + coalesce(aum_90d_ago >= 5000000 AND aum_change_rate_90d <= -0.5, false)::INT * 25 + night_activity::INT * 15
    + gambling_seen::INT * 15 + cash_heavy::INT * 10 + dormant_awakened::INT * 10 anomaly_score,
  CASE WHEN age < 18 THEN 'minor' WHEN age >= 60 OR (age >= 55 AND gender = 'female' AND pension_received) THEN 'retired'
    WHEN youngest_child_age < 3 THEN 'new_parent' WHEN youngest_child_age < 12 THEN 'young_family'
    WHEN youngest_child_age < 18 THEN 'family_with_teenagers' WHEN age < 23 AND NOT salary_detected THEN 'student'
    WHEN age < 35 AND (marital_status <> 'married' OR marital_status IS NULL) THEN 'young_single' WHEN age < 35 THEN 'young_couple'
    WHEN age < 60 AND marital_status <> 'married' THEN 'mature_single' WHEN age < 60 THEN 'established' END life_stage
FROM d
