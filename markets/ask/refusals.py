"""What is not answered, and why, as data: the same phrases with weights as the evidence for intents, by topic."""

from __future__ import annotations

REFUSALS: dict[str, dict[int, str]] = {
    "advice": {
        40: """
            should i buy; should i sell; should i hold; should i invest; should i go long; should i go short; should i short; should i long; should i swap;
            should i keep; should i wait; should we buy; good time to; right time to; time to buy; time to sell; best time to; good investment; worth
            investing; worth buying; worth holding; good buy; strong buy; invest in; what should i buy; what to buy; which coin should i; which coins should
            i; what coin should i; best coin to; coin to buy; coins to buy; coins to invest; coin to invest; token to buy; tokens to buy; crypto to buy; buy
            or sell; buy or hold; hold or sell; sell or hold; undervalued; overvalued; would you buy; would you sell; would you invest; do you recommend;
            recommend buying; do you think; do you like; financial advice; investment advice; make me rich; get rich; become a millionaire; is it safe; safe
            to buy; safe to hold; is ... safe; is ... a scam; is ... legit; a scam; legit; trustworthy; my portfolio; portfolio should; which coin is best;
            better investment; long term hold; good entry; buy the dip; should my; smart to buy; wise to buy; wise to sell; good idea to buy; good idea to
            sell; what would you do; how should i invest; where should i invest; should i put; should i trade; good idea; a good coin; next big; 10x; 100x;
            trading signal; trade signal; signals; signal for; ought i; shall i; smart to; wise to; safest coin; safest; which coin is going; what coin is
            going; in a bubble; bubble; is crypto dead; crypto dead; bitcoin dead; <coin> dead; do i buy; do i sell; time to get in; get in now; too late to;
            late to buy; too early to; what should i do; what do i do; help me decide; upside; promising; go all in; going all in; yolo; bet on; gamble;
            retire; life savings; mortgage my; quit my job; to get into <coin>; lost all; lost my; savings; my wife; my husband; favourite coin; favorite
            coin; your favourite; your favorite; do you reckon; reckon; store bitcoin; store my; safely; which wallet; what wallet; best wallet; recommend a;
            avoid taxes; pay tax; pay taxes; capital gains; tax on; taxes on; opinion on; what is your opinion; your opinion of; opinion about; a good buy; a
            strong buy; what do you recommend; recommend me; recommend a coin
        """,
        16: "tax; taxes",
        14: "invest; advice; portfolio; hodl; risky; recommend",
        -60: """
            where should; where can; where do; where to buy; where to sell; which exchange should; which exchange; what exchange; should i ... <exchange> or
            <exchange>; should i use; where would; is it worth ... what
        """,
    },
    "prediction": {
        40: """
            will <coin>; price prediction; predict; prediction; forecast; to the moon; will ... moon; when moon; going to moon; going to pump; going to dump;
            going to crash; going to rise; going to fall; going to drop; going to go up; going to go down; will ... rise; will ... fall; will ... crash; will
            ... go up; will ... go down; will ... reach; will ... hit; will ... pump; will ... dump; will ... drop; will ... recover; will ... be worth; will
            ... double; be worth in; worth in 2030; in five years; in a year; by the end of; end of year; end of the year; where is <coin> going; where is
            <coin> headed; how high can; how high will; how low will; how low can; price target; target price; can <coin> reach; can <coin> hit; could <coin>
            reach; could <coin> hit; going to reach; going to hit; next bull run; bull run; altseason; alt season; bottom in; is the bottom; going to be
            worth; going to happen; about to pump; which coin will; which coins will; next 100x; expected to; about to moon; about to crash; about to explode;
            about to dump; mooning soon; moon soon; moon; where is <coin> heading; <coin> heading; heading; headed; could <coin>; can <coin> get to; going to
            10x; going to 100x; is going to; going to flip; double by; by christmas; by year end; in 2027; in 2028; in 2030; ever reach; ever hit; ever go;
            next cycle; explode; next bitcoin; in the future; bounce; rebound; bottomed; will crypto; will bitcoin; will ethereum; will ... by <date>; price
            next week; price next month; price next year; going up next; go up next; <coin> next week; <coin> next month; <coin> next year; by next year; in
            the next bull; next year; price tomorrow; will ... tomorrow; <coin> tomorrow; tomorrow's price; up tomorrow; down tomorrow; price ... tomorrow;
            going to the moon; when is the next halving; honestly is; outlook on price; price outlook; will it go; will it rise; will it reach; will it moon;
            will it hit; will it drop; will it crash; will the market go; will the market crash; will the market rise; what will <coin> be; what will <coin>
            do; what is the future of; guess where; guess what
        """,
        17: "tomorrow",
        14: "will; future price",
    },
    "order": {
        70: "open a long position; open a short position; open a position",
        40: """
            buy ... for me; sell ... for me; trade ... for me; buy me; sell my ... for me; ^ buy <amount>; ^ sell <amount>; ^ buy <coin>; ^ sell <coin>; ^
            sell all; ^ sell my; ^ buy my; place an order; place order; place a limit; place a market; place a buy; place a sell; ^ place; execute a; execute
            trade; execute; market buy; market sell; ^ transfer; ^ send; ^ withdraw; ^ deposit; ^ convert <amount>; ^ open a; ^ close my; ^ close all; stop
            loss; take profit; cancel my order; cancel order; cancel all; cancel my; on my behalf; transfer ... to my; withdraw ... to my; send ... to my;
            withdraw my; send my; transfer my; move my; deposit my; please buy; please sell; can you buy; can you sell; could you buy; could you sell; go buy;
            go ahead and; buy for me; sell for me; purchase for me; trade for me; my account; buy now; sell now; sell everything; i want you to; auto buy;
            trading bot; ^ stake; ^ move; set a buy; set a sell; set a limit; ^ i order; to address; to this address; to wallet; to 0x; my balance; my orders;
            my position; my positions; start copying; ^ execute; ^ cancel; with my card; credit card; ^ invest; ^ copy this; ^ copy him; open long; open
            short; for me $; book me; ^ long <amount>; ^ short <amount>; ^ long <coin>; ^ short <coin>; ^ lend; lend me; go long on; go short on; go long
            <coin>; go short <coin>; ^ trade <amount>; ^ bid <amount>; ^ swap <amount>; ^ put <amount>; put <amount> ... into; ^ exchange <amount>; ^ convert
            <amount> ... for me; exchange ... for me; convert ... for me; swap ... for me; ^ repay; repay my; my loan
        """,
        5: "stake; staking; borrow; loan; lend",
        -60: """
            where; which; cheap; best; price; how much; what; who; lowest; is it; profit; if i; how; possible; <exchange> or <exchange>; halted; open; state;
            status; withdrawal; available; accepted
        """,
    },
    "alert": {
        40: """
            alert me; notify me; set an alert; remind me; set alert; price alert; let me know when; let me know if; send me an; email me; ping me; tell me
            when ... above; tell me when ... below; create an alert; wake me
        """,
    },
    "secret": {
        80: "password; passwords; api key; api keys; private key; seed phrase",
        60: """
            api secret; secret key; private keys; recovery phrase; mnemonic; passphrase; credential; credentials; access token; auth token; environment
            variables; environment variable; env file; . env; database url; connection string; database password; secret; secrets; session cookie; login
            details; etc passwd; etc / passwd; internal config; your config; configuration file; keys you; show me your keys; source code; user list; list of
            users; other users; emails of; users email; server ip; ip address; logs; list the users; list users; / etc /; user emails; user email; os environ;
            environ; customer data; other peoples
        """,
    },
    "admin": {
        60: """
            disable <exchange>; turn off; switch off; shut down; shutdown; turn <exchange>; switch <exchange>; enable <exchange>; turn on; restart; reboot;
            delete; drop table; wipe; change settings; change the settings; change setting; set setting; rate limit; rate limits; set limit; set the; reset
            the; make me admin; admin; administrator; sudo; root access; grant me; log in as; login; log me in; create user; create account; add user; change
            fee; change the fee; add exchange; remove exchange; clear cache; clear the; flush; truncate; update settings; kill; deploy; rollout; migrate;
            reset password; block user; ban user; configure; enable shadow; debug mode; set fee; disable all; stop collecting; stop polling; pause <exchange>;
            rm - rf; give me root; root; debug; set <exchange>; user emails; all users; enable debug; rules above
        """,
    },
    "injection": {
        70: """
            ignore previous; ignore all previous; ignore the previous; ignore your; ignore all instructions; ignore all; ignore everything; disregard
            previous; disregard all; disregard your; forget previous; forget your; forget all; forget everything; previous instructions; prior instructions;
            your instructions; system prompt; you are now; act as; pretend; jailbreak; developer mode; dan mode; new instructions; override; < script; script
            >; select *; union select; drop table; or 1 = 1; ' or '; insert into; update set; { {; { %; $ {; jndi; eval (; exec (; import os; os . system; . .
            /; onerror; onload; javascript :; alert (; reveal your; repeat after me; print your; say that; your prompt; roleplay; bypass; base64; & &; __
            import; hidden prompt; xp _ cmdshell; sleep (; from users; from auth; where 1; < /; you are root; system >; ignore the rules; rules above; ignore
            rules; you are a pirate; pirate; os . environ
        """,
    },
    "insult": {
        5: """
            you suck; you are stupid; you are useless; you are dumb; you idiot; stupid bot; dumb bot; useless bot; fuck; fuck you; fucking; shut up; idiot;
            moron; piece of shit; bullshit; you are trash; you are garbage; trash bot; hate you; screw you; go to hell; asshole; bastard; bitch; dumbass; wtf;
            your mom; crap; you are bad; worst bot; you are wrong; you liar; you are a joke; stupid; dumb; garbage; sucks
        """,
    },
    "thanks": {
        4: """
            thanks; thank you; thank; thx; ty; cheers; much appreciated; appreciate it; great job; good job; well done; nice one; good bot; love it; love you;
            ok; okay; bye; goodbye; see you; good night; goodnight; got it; never mind; nevermind; lol; haha; wow; that was great; that was helpful; great
            thanks; perfect thanks; awesome thanks; ^ cool $; ^ great $; ^ nice $; ^ perfect $; ^ awesome $
        """,
    },
    "off_topic": {
        45: """
            are you human; how old are you; meaning of life; who won; restaurant; restaurants; are you real; news; who is the ceo; who is ceo; who is the
            president; who is satoshi; who owns; ceo of; who founded; founder of
        """,
        30: """
            tvl; gas fee; gas fees; transaction fee; transaction fees; network fee; total value locked; staking apy; wallet address; block explorer; mempool
        """,
        24: """
            gold price; price of gold; oil price; price of oil; silver price; price of silver; stock price; stock price of; apple stock; tesla stock; market
            cap; marketcap; circulating; supply; whitepaper; halving; nasdaq; sp500; s & p; dow jones; weather; joke; poem; recipe; translate; write code;
            write a; write me; who invented; who created; ceo; founder; hash rate; hashrate; block height; staking rewards; validators; nft; nfts; airdrop;
            airdrops; mining; mine bitcoin; mine ethereum; how do i mine; how to mine; miner; my grandmother; grandmother; what is love; is water; mount
            everest; how tall; how big is; how far is; how long is; how heavy; hear a joke; are aliens; aliens; lorem ipsum; dolor; wallet to use; hardware
            wallet; ledger wallet; metamask; smart contract; solidity; proof of work; proof of stake; fork; how do i create; how do i set up; is bitcoin
            legal; legal in; regulation; regulated; sec lawsuit; lawsuit; hacked; scam; rug pull; rugpull; satoshi; burn; burned; unlock; unlocks; token
            unlock; vesting; tokenomics; max supply; total supply; refund; how many planets; planets; a book; flat; earth; what model; which model are you;
            richer; bezos; musk; times 23; boring; interesting; something interesting; fun fact; trivia; riddle; the best $; a timer; timer; my mother; my
            fit; sleep tight; import error; buenos dias
        """,
        12: "table for two; book me a table; book a table; do you sleep; do you dream",
        10: """
            president; capital of; football; soccer; movie; movies; song; lyrics; pizza; dinner; python; javascript; homework; essay; election; war; world
            cup; super bowl; what time is it; time is it; what day; girlfriend; boyfriend; love me; marry me; how are you; your birthday; sing; story; dog
            breed; tesla; real estate; mortgage; flight; flights; hotel; travel; train; doctor; medicine; diet; calories; exercise; horoscope; lottery;
            casino; bet on; math; square root; 2 + 2; how many people; population; tallest; who was; satoshi nakamoto; vitalik; elon musk; trump won;
            favorite; favourite; cook; cooking; gym; car; cars; phone; iphone; laptop; chatgpt; gpt; claude; siri; alexa; game; play; music; email; distance;
            temperature; rain; sunny; cat videos; cats; bored; feeling sad; lonely; history of rome; napoleon; shakespeare; physics; chemistry; biology; god;
            religion; bible; hack; tweet; twitter; how do i open; open an account; kyc; customer support; contact support; phone number; founded; created;
            invented; headquarters; gas fees on; who is; who made
        """,
    },
    "greeting": {
        4: """
            hi; hello; hey; yo; good morning; good afternoon; good evening; howdy; greetings; hiya; sup; whats up; what is up; hey there; hello there; hi
            there; gm; morning; evening; hola; hallo; bonjour; ciao; namaste; salut; start; ping; test
        """,
    },
}
