"""Files as their writers write them: each is read as it is meant, or refused with a command that helps."""

from __future__ import annotations

import json

import pytest

from tests.harness import csv_of, error_of, run

STAMP = 1609459200


@pytest.mark.parametrize(
    ("text", "params"),
    [
        # A clock, a counter or a setting is not a param.
        (f"{STAMP},5,20\n{STAMP + 60},6,21\n", ["param1", "param2"]),
        (f"0.0,{STAMP},20\n1.0,{STAMP + 60},21\n", ["param"]),
        (f"{STAMP}000,20\n{STAMP + 60}000,21\n", ["param"]),
        ("epoch,batch,loss\n0,0,1\n0,1,2\n1,0,3\n", ["param"]),
        ("2021.01.01,10:00,1.2\n2021.01.02,10:00,1.3\n", ["param"]),
        ("iteration,loss,rank_data_time\n0,1,5\n1,2,6\n", ["param"]),
        ('{"reward": 1, "config": {"lr": 0.1, "steps": 7}, "training_iteration": 1}\n', ["param"]),
        # Tables as programs print them.
        (" step | loss \n------+------\n    0 |  1.5\n    1 |  2.5\n(2 rows)\n\n", ["param"]),
        (
            "+------+------+\n| step | loss |\n+------+------+\n| 0 | 1.5 |\n+------+------+\n1 row in set (0.0 sec)\n",
            ["param"],
        ),
        ("step  loss\n----  ----\n0     1.5 \n1     2.5 \n", ["param"]),
        ("   step  loss\n0     0   1.5\n1     1   2.5\n", ["param"]),
        ("# gpu   pwr   mem\n# Idx     W     W\n    0   101     -\n    0   102     -\n", ["param"]),
        (
            "#group,false,false,true,false\n#default,mean,,,\n,result,table,_time,_value\n,mean,0,2021-01-01T00:00:00Z,5\n",
            ["param"],
        ),
        # JSON.
        ('{"train": {"loss": [3, 2]}, "eval": {"loss": [4, 3]}}', ["train.loss", "eval.loss"]),
        ('{"loss": {"train": {"x": [0, 1], "y": [3, 2]}, "val": {"x": [0], "y": [4]}}}', ["loss.train", "loss.val"]),
        ('[{"name": "loss", "x": [0, 1], "y": [3, 2]}]', ["param"]),
        ('{"0": {"step": 0, "loss": 3}, "1": {"step": 1, "loss": 2}}', ["param"]),
        ('{"loss": {"2021-01-01T00:00:00.000": 3, "2021-01-02T00:00:00.000": 2}}', ["param"]),
        ('{"0": 3, "1": 2}\n', ["param"]),
        ('{"step": 0, "loss": 3, "lengths": [5]}\n{"step": 1, "loss": 2, "lengths": [5, 6]}\n', ["param"]),
        ('[{"value": "3", "step": 0, "context": null}, {"value": "2", "step": 1, "context": null}]', ["param"]),
        ('{"start_timestamp": 5, "rewards": [3, 2], "kinds": ["a", "b"]}', ["param"]),
        # Names of steps, clocks and counters by their paths and units.
        ("Epoch,time/epoch (s),time/total (s),loss\n0,1.5,1.5,3\n1,1.5,3,2\n", ["param"]),
        ("steps,n_updates,elapsed,mean\n10,1,0.5,3\n20,2,1.5,2\n", ["param"]),
        ('{"step": 0, "loss": 3, "fps/train": 9.5, "total_tokens": 7, "buffer_size": 8}\n', ["param"]),
        ("# x, y_true, y_pred\n-1.0 2.0 3.0\n-0.5 1.0 2.0\n", ["x", "y_true", "y_pred"]),
        ("2.5 2.75\n2.0 2.25\n2.125 2.5\n", ["param1", "param2"]),
        (f"epoch,value\n{STAMP}.265,5\n{STAMP + 60}.265,6\n", ["param"]),
        (f"epoch,value\n{STAMP},5\n{STAMP + 60},6\n", ["param"]),
        ("20240101 100000;1.5;2\n20240102 100000;1.25;3\n", ["param1", "param2"]),
        ("    step     loss \n    ____    ______\n\n       0    1.5\n       1    2.5\n", ["param"]),
        ("Epoch,replay_buffer/size,exploration/num steps total,loss\n0,100,100,3\n1,200,200,2\n", ["param"]),
        ("gen,loss\n0,3\n1,2\n", ["param"]),
        ("'step';'loss'\n0;3\n1;2\n", ["param"]),
        ('{"time/epoch": 0, "time/batch": 5, "loss": 3, "wall_clock/train": 7.5}\n', ["param"]),
        ("obs,unit\n1950:1,3.5\n1950:2,:\n", ["param"]),
        ("timeStamp,elapsed,label,responseCode,success,bytes\n1,5,GET,200,true,9\n2,6,GET,200,true,9\n", ["param"]),
        ("metric_name,timestamp,metric_value,status\na,1,5,200\na,2,6,200\n", ["param"]),
        ('{"fid": 9, "num_gpus": 1}\n{"fid": 8, "num_gpus": 1}\n', ["param"]),
        ("epoch,steps,cosine\n0,-1,0.5\n1,-1,0.6\n", ["param"]),
        ("Time (sec), Speed (km/h)\n0.5,3\n1.0,4\n", ["param"]),
        ("iter loss ||d|| lg(rg)\n0 3.5 0.5 0.25\n1 2.5 0.5 0.25\n", ["loss", "||d||", "lg(rg)"]),
        ("Iter Train Valid\n1 2.5 nan\n2 2.25 nan\n", ["Train", "Valid"]),
        ("When, loss, load\nMon Jan 01 10:00:00 GMT 2024,5,-\nMon Jan 01 10:00:01 GMT 2024,4,3\n", ["loss", "load"]),
        ("row_nr,step,loss\n0,0,3\n1,10,2\n", ["param"]),
        ('[{"key": "loss", "data": [[0, 3], [1, 2]]}, {"key": "acc", "data": [[0, 5], [1, 6]]}]', ["param"]),
        (f'[{{"name": "a", "data": [[{STAMP}, 3]]}}, {{"name": "b", "data": [[{STAMP}, 3]]}}]', ["param"]),
        ("# TimeStep v\n0 2.5\n1000 2.25\n", ["param"]),
        ("#  step  val  lr\n# Without data, it is nan.\n 0  2.5  0.1\n 1  2.25  0.1\n", ["val", "lr"]),
        ("# STN,YYYYMMDD, TG\n 260,20240101, 5\n 260,20240102, 6\n", ["param"]),
        ("Station number,Year,Month,Day,Rain\n66062,2024,1,1,2.5\n66062,2024,1,2,3\n", ["param"]),
        ('[{"type": "hr", "data": [100, 101, 102], "size": 3}]', ["param"]),
        ("NumIters,Seconds,loss\n0,0.5,3\n100,1.5,2\n", ["param"]),
        (
            '{"step": 0, "lineno": 4, "status": 200, "loss": 3}\n{"step": 1, "lineno": 7, "status": 200, "loss": 2}\n',
            ["param"],
        ),
        ('[{"time": "10:00", "cpu": [{"user": 3}]}, {"time": "10:01", "cpu": [{"user": 2}]}]', ["param"]),
        ("# Elapsed time   CPU (%)\n       0.5     10.5\n       1.0     11.5\n", ["param"]),
        ("# Time  UID  %usr  %wait Command\n10:00:00 0 2.5 0.5 python\n10:00:01 0 2.5 0.5 python\n", ["%usr", "%wait"]),
        ("| step | **loss** |\n|---|---|\n| 0 | **3** |\n| 1 | 2 |\n", ["param"]),
        ("step loss\n---- ----\n0 3\n1 2\n\n(2 rows affected)\n", ["param"]),
        ("   step  loss\n0     0   3.5\n1     1   2.5\n\n[2 rows x 2 columns]\n", ["param"]),
        ("0    3.5\n1    2.5\nName: loss, dtype: float64\n", ["param"]),
        ("\ufeffstep,loss\n0,3\n\ufeffstep,loss\n1,2\n", ["param"]),
        ("Date,loss,\n1.1.2024,3,\nDate,loss,\n2.1.2024,2,\n", ["param"]),
        ('"Relative Time (Process)","a - loss","a - loss__MIN","a - loss__MAX"\n"1.5","3","3","3"\n', ["param"]),
        ("| ts | loss |\n| 1704067200 | 3 |\n| ts | loss |\n| 1704067201 | 2 |\n", ["param"]),
        ("#! FIELDS time phi psi\n#! SET min_phi -pi\n 0.5 3 4\n 1.5 2 5\n", ["phi", "psi"]),
        ("20240101 170000123,3,4\n20240101 170001123,2,5\n", ["param1", "param2"]),
        ("'sample #','MLII'\n0,3\n1,2\n", ["param"]),
        ("QN_9;TT_TU;Validity;Source\n10;3;1;7\n10;2;1;7\n", ["param"]),
        ("| Loss | Step | Wer |\n|:-:|:-:|:-:|\n| No log | 1 | 5 |\n| 3 | 2 | 4 |\n", ["Loss", "Wer"]),
        ('{"a": [{"b": [{"c": [{"d": {"e": [{"v": 3, "timeUnixNano": "1704067200000000000"}]}}]}]}]}\n', ["param"]),
        ("[[1704067200, 1704067201, 1704067202, 1704067203, 1704067204], [3, 2, 1, 2, 1]]\n", ["param"]),
        ('{"_id": {"$oid": "65e001"}, "loss": 3}\n{"_id": {"$oid": "65e002"}, "loss": 2}\n', ["param"]),
        ("STAID,TG,Q_TG,lat,lon\n27,3,0,48.5,-3.5\n27,2,0,48.5,-3.5\n", ["param"]),
        ("step,quality\n0,0.5\n1,0.5\n", ["param"]),
        ("matrix_size,num_threads,speedup\n100,1,1.0\n100,2,1.5\n200,1,1.0\n", ["param"]),
        ("step,val_steps,BAD_EPOCHS,loss\n0,5,0,3\n1,5,1,2\n", ["param"]),
        ("# Time\tUx\tp\n0\tN/A\tN/A\n1\t3\t4\n2\t2\t5\n", ["Ux", "p"]),
        ("epoch loss\n0 0,3\n1 0,25\n", ["param"]),
        ("step,loss\n\r0,3\n\r1,2\n\r", ["param"]),
        (
            '{"iterations": [{"test": [[3, 0.5]], "iteration": 0}, {"test": [[2, 1]], "iteration": 1}]}',
            ["test[0]", "test[1]"],
        ),
        ('[{"scope": "*", "value": 3}, {"scope": "*", "value": 2}]\n', ["param"]),
        ("Time_Iter,Outer_Iter,Inner_Iter,rms\n0,0,0,-3.5\n0,0,1,-4\n0,0,2,-5\n", ["param"]),
        ("global_step,speed/mfu,memory/max_gib,loss/out\n1,40.5,9.5,3\n2,40.6,9.5,2\n", ["param"]),
        ("% acc (train)\t% acc (test)\t\n3.5\t4.5\t\n5.5\t6.5\t\n", ["acc (train)", "% acc (test)"]),
        ("2024-03-05 10:00:00 3\n2024-03-05 10:01:00 2\n", ["param"]),
        # pandas, without names.
        (",0\n0,3\n1,2\n", ["param"]),
        (",0,1\n0,3,5\n1,2,5\n", ["0", "1"]),
        ("0,1,2,3\n3,5,6,7\n2,5,6,7\n", ["0", "1", "2", "3"]),
    ],
)
def test_params(text: str, params: list[str]) -> None:
    """The averaged columns are those that a reader of the file would choose."""
    found = csv_of("--rule fixed --missing skip -q", text).rows
    names = [name.removesuffix(".shadow") for name in found[0] if name.endswith(".shadow")] or ["param"]
    assert params == names


@pytest.mark.parametrize(
    ("cells", "params"),
    [
        (["1'101.25", "1'102.25"], ["1101.25", "1102.25"]),
        (["1\u202f101,5", "12,5"], ["1101.5", "12.5"]),
        (['"1,23,401.5"', '"401.5"'], ["123401.5", "401.5"]),
        (['"1,401"', "401.5"], ["1401", "401.5"]),
        (["1,401", "1,402"], ["1.401", "1.402"]),
    ],
)
def test_thousands(cells: list[str], params: list[str]) -> None:
    """Apostrophes, narrow spaces and lakhs separate thousands."""
    delimiter = "," if '"' in cells[0] else ";"
    text = f"step{delimiter}loss\n" + "".join(f"{step}{delimiter}{cell}\n" for step, cell in enumerate(cells))
    assert params == csv_of("", text).column("param")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Date,Close,Volume,Open\n2024-01-01,$2,9,$1\n2024-01-02,$3,8,$2\n", "sed -E 's/[$]//g' FILE | ema-calc reads"),
        ("step,acc\n0,50%\n1,51%\n", r"sed -E 's/([0-9.])(%)/\1/g' FILE | ema-calc reads it"),
        ("step,time\n0,50 m/s\n1,51 m/s\n", r"sed -E 's/([0-9.])( m\/s)/\1/g' FILE | ema-calc reads it"),
        ("{'loss': 2.5}\n{'loss': 2.4}\n", """grep -o '{.*}' FILE | sed -E "s/'/\\"/g;"""),
        ("trial_id,lr,loss\na1,0.1,2\na2,0.2,1\n", "each row is a separate run, named by 'trial_id'"),
        ("trial_id,step,loss\na,3,2\nb,1,1\nc,1,2\n", "each row is a separate run, named by 'trial_id'"),
        (
            "step,loss\n<<<<<<< HEAD\n0,1\n=======\n0,2\n>>>>>>> a1\n",
            "grep -vE '^(<{7}|={7}|>{7})' FILE | ema-calc reads",
        ),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:8155fd\nsize 1530\n", "git lfs pull fetches it"),
        (
            "Timestamp,Power\n2025-02-18 15:16:12,30,3\n2025-02-18 15:16:17,30,7\n",
            "FILE | ema-calc reads decimal commas",
        ),
        ("Name,epochs,loss\na1,10,2\na2,10,1\n", "each row is a separate run, named by 'Name'"),
        ("main: it begins\nopt: iter=1 loss=2.5\nopt: iter=2 loss=2.25\n", "sed -nE 's/.*iter["),
        ("Steps:  4%| | 1/25 [loss=2.5]\nSteps:  8%| | 2/25 [loss=2.25]\n", "sed -nE 's!.*[^0-9/]([0-9]+) ?/ *[0-9]+"),
        ("the time is 0.5 secs\nenergy = -15.5 Ry\nthe time is 1.5 secs\nenergy = -15.25 Ry\n", ".*energy["),
        ("step,0,1,2\nloss,2.5,2.25,2\n", "csv.writer(sys.stdout).writerows(zip(*csv.reader(open('FILE'))))"),
        (
            "It begins here\n\nAt iterate 0 f= 2.5D+00 |g|= 1.D+00\nAt iterate 1 f= 2.1D+00 |g|= 1.D+00\n",
            r"sed -E 's/([0-9])D([-+][0-9])/\1e\2/g' FILE | sed -nE 's/.*iterate",
        ),
        ("avg-cpu: %user %idle\n 1.5 98.5\n\nDevice tps\nvda 0.5\n\n" * 3, "is a report of iostat; awk '/avg-cpu/ {"),
        (
            "$Baud: 4800\n$GPGGA,0100.0,1.5,N,2.5,E,1,07,1.2,65.5,M,,*67\n$GPGSA,A,1\n",
            "; grep GGA, FILE | cut -d , -f 10",
        ),
        ("Name,Date\nMe,1.1.2024\nHeart rate,Speed\n99,2.5\n98,2.25\n97,2.5\n", "tail -n +3 FILE | ema-calc"),
        (
            "Iter 1: Val loss 2.9\nIter 1: Train loss 2.5\nIter 2: Train loss 2.25\nIter 3: Train loss 2\n",
            ".*Train loss[",
        ),
        (
            "[I 2024] Trial 0 finished with value: 2.5 and parameters: {'lr': 0.1}.\n"
            "[I 2024] Trial 1 finished with value: 2.25 and parameters: {'lr': 0.2}.\n",
            "sed -nE 's/.*Trial ([0-9]+) finished with value: ([-+.0-9eE]+).*/\\1,\\2/p' FILE",
        ),
        ("Table 1\n\nStep;Loss\n0;2,5\n1;2,25\n2;2,1\n", "tail -n +3 FILE | ema-calc"),
        ("| epoch 1 | loss 2.5\n| epoch 2 | loss 2.25\n| epoch 3 | valid loss 2\n", "[^A-Za-z] loss["),
        ('DATE,TMP\n2024-01-01,"+0006,5"\n2024-01-02,"-0016,5"\n', "sed -E 's/\"([-+][0-9]{4}),[0-9]\"/\\1/g' FILE"),
        (
            '{"cursor": "a i=1b", "MESSAGE": "step 1 loss 2.5"}\n{"cursor": "a i=2", "MESSAGE": "step 2 loss 2.25"}\n',
            "jq -r '.MESSAGE' FILE",
        ),
        ('{"MESSAGE": "it is on"}\n{"MESSAGE": "it is off"}\n', "no column looks like a param"),
        ('{"step": 0, "loss": 2}\nWarning: x\n{"step": 1, "loss": 1}\n', "grep '^ *{' FILE | ema-calc"),
        (
            "Province,Country,Lat,1/22/20,1/23/20,1/24/20\n,Germany,51.5,0,1,2\n,France,46.5,0,2,3\n",
            "the columns are times, and each row is a series; python -c \"import pandas; t = pandas.read_csv('FILE',"
            " skiprows=0, index_col=1)",
        ),
        ("A,,\n\nTYPE,DATE,FROM,TO,USE\nx,2024-03-05,00:00,00:59,2.5\nx,2024-03-05,01:00,01:59,2\n", "tail -n +3 FILE"),
        ("loss: [2.5, 2.25]\nacc: [0.5, 0.75]\n", "is YAML; python -c"),
        ("{ epoch: 0, loss: 2.5 }\n{ epoch: 1, loss: 2.25 }\n", "JavaScript objects, not JSON; sed -E 's/([{,] *)"),
        ("   it loss\n  <num> <num>\n1:  1  2.5\n2:  2 2.25\n", "a row of types; sed -E '/^ *<[a-z]+>/d' FILE"),
        ("   it loss\n1:  1  2.5\n2:  2 2.25\n---\n9:  9 2.25\n", "rows left out; fwrite, to_csv write all"),
        (
            "   it  loss\n0   0  2.50\n..  ..   ...\n9   9  2.25\n",
            "rows left out; fwrite, to_csv write all",
        ),
        ("Type:\tA\nV, I\n\nstep\tloss t\n0\t1\n1\t2\n", "the table seems to begin at line 4"),
        ("lr: 1 ; b: 2 ; c: 3\nstep,loss\n0,1\n1,2\n", "the table seems to begin at line 2"),
        ("May 5, 2024\nCycle 3\n\nstep,loss\n0,1\n1,2\n", "the table seems to begin at line 4"),
        (
            ",0,1,2\nloss,2.5,2.25,2.0\nacc,0.5,0.75,0.8\n",
            "writerows(zip(*csv.reader(open('FILE'))))\" | ema-calc turns",
        ),
        ("No,Date,Temp\n,,C\n1,2024-03-05,2.5\n2,2024-03-06,2.25\n", "sed 2d FILE | ema-calc"),
        ("Linux (x) 03/05/2024\n\n# Time UID %usr\n17 1000 2.5\n18 1000 2.25\n19 1000 2.5\n", "tail -n +3 FILE"),
        (
            "A,RUN,05-03-2024,10:00,00:12\nrate,T,HR,V\n1,00:00,100,2.5\n1,00:01,101,2.25\n",
            "table seems to begin at line 2",
        ),
        ('day,price\n2024-03-05,"2,5 €"\n2024-03-06,"2,25 €"\n', "s/([0-9.])( €)/"),
        ("Length,12\nUnit,V\nModel,A1\nstep,loss\n0,1\n1,2\n", "the table seems to begin at line 4"),
        (
            "at 10.0 s, 4 tps, lag 2.5 ms\nat 20.0 s, 4 tps, lag 2.25 ms\nat 30.0 s, 4 tps, lag 2.5 ms\n",
            '.*at[ :=|"[]+([0-9]+).*lag',
        ),
        (
            "   it  loss \\\n0   1   2.5\n1   2  2.25\n\n    acc\n0   0.5\n1   0.5\n",
            "stand in parts, one below the other",
        ),
        ("  it loss\n1  1  2.5\n2  2 2.25\n   acc\n1  0.5\n2  0.5\n", "its columns in parts, one below the other"),
        ("a1,x\na2,3\na3,4\n", "'a1' in the first row is not a name; --header no reads the row as data"),
        ("week;use\n1;91,5 %\n2;92,5 %\n3;93 %\n", "'use' has cells such as '91,5 %', not a number: sed -E"),
        ("step,loss\n0,0x1.8p+1\n1,0x1p-1\n", "column 'loss': '0x1.8p+1' is not a number"),
        ("step,loss\n0,\u22122.5\n1,\u22122.25\n", "sed 's/\u2212/-/g' FILE | ema-calc reads it"),
        ("step,loss\n0,1.5K\n1,2M\n", r"s/([0-9])M/\1e6/g"),
        ("[1.  0.5 0.25\n ... 0.06]\n", "is an array printed by Python; numpy.savetxt"),
        ("<?xml version='1.0'?>\n<rows>\n<row><loss>1</loss></row>\n</rows>\n", "is XML; python -c"),
        ("progress: 5 of it\nprogress: loss 2.5 now\nprogress: loss 2.25 now\n", "is a text log, not a table; sed"),
        ("step,loss\n0,1\n1,abc\n", "'abc' is not a number; --where 'loss!=abc' leaves such rows out"),
        ("step,loss\n0,1\nabc,2\n", "step 'abc' is not a number; --where 'step!=abc' leaves such rows out"),
        ("step|loss\n0|1\n1|2|3\n2|3\n", "; awk -F '|' 'NR < 2 || NF == 2' FILE | ema-calc leaves such rows out"),
        ('step,loss\n"0",1\n1,2,3\n2,3\n', "; sed 3d FILE | ema-calc leaves it out"),
        ("tensor([1.0000, 0.5000, 0.2500])\n", "is an array printed by Python"),
        ("train/episode,test/episode,train/loss\n5,6,0.5\n7,9,0.25\n", "'test/episode' could each be the step"),
        ("1,cat,0.5\n2,dog,0.25\n", "; --header no reads it as data, --header yes as names"),
        ("shape: (1, 1)\n┌──────┐\n│ loss │\n└──────┘\n", "is a table drawn with lines; sed -nE"),
        (
            "  1  0.1500D+01\n  2  0.1400D+01\n",
            "but other cells of the first row are; sed -E 's/([0-9.])[dD]",
        ),
        ("step,loss\n0,1\n1,2\nTotal,3\n", "the row 'Total' sums up the others; --where 'step!=Total' leaves it out"),
        ("time,a,b\n(s),(V),(A)\n0,1,2\n1,2,3\n", "sed 2d FILE | ema-calc leaves it out"),
        ("Price,Close,Open\nTicker,AAPL,AAPL\nDate,,\n2021-01-01,1,2\n2021-01-02,2,3\n", "sed 2,3d FILE | ema-calc"),
        ("step,loss\n0,(2.5)\n1,(2.0)\n", r"sed -E 's/\(([0-9.,]+)\)/-\1/g' FILE | ema-calc reads it"),
        ('"Source","W",\n\n"Country","Code","1999","2000","2001",\n"A","A","1","2","",\n', "skiprows=2, index_col=0"),
        ("these words are a title\nstep by step\nand so on\nto the end\n", "is a text log, not a table"),
        ("10:00Z web-6d4c 12m 45Mi\n10:01Z web-6d4c 15m 46Mi\n", "is a text log, not a table; print its numbers as"),
        ("procs ---memory---\n r  b  free\n 1  0  80\n 1  0  81\n 1  0  82\n", "tail -n +2 FILE | ema-calc reads it"),
        (
            "".join(f"epoch 1: {k}00 / 900 loss={k}.5, num_updates={k}00, lr=1e-05\n" for k in range(1, 5)),
            r"loss[ :=|\"[]+([-+.0-9eE]*[0-9]).*num_updates[ :=|\"[]+([0-9]+).*/\2,\1/p'".replace('\\"', '"'),
        ),
        (
            "number of parameters: 10.65M\n" + "".join(f"iter {k}: loss {k}.5, time {k}ms\n" for k in range(5)),
            "is a text log, not a table; sed -nE 's/.*iter",
        ),
        (
            "".join(
                f"---------\n| a/   |     |\n|  len | {k} |\n|  rew | {k}.5 |\n|  kl | {k}.25 |\n---------\n"
                for k in range(3)
            ),
            "text log",
        ),
    ],
)
def test_what_leads_on(text: str, message: str) -> None:
    """A file that is not read is refused in one sentence with a command."""
    assert message in error_of("--decay 0.9", text)


def test_the_cards_of_a_computer() -> None:
    """An index with repeated values separates series."""
    rows = "".join(f"{card}, {k}, {90 + k}\n" for k in range(4) for card in (0, 1))
    assert "--by 'index' separates them" in csv_of("", f"index, step, power [W]\n{rows}").err


def test_numbers_with_marks_beside_others() -> None:
    """A column left out for its unit is noted, with the command that removes the unit."""
    err = csv_of("", "step,use,temperature\n0,91 %,50\n1,92 %,51\n").err
    assert "'use' has cells such as '91 %', not a number: sed -E 's/([0-9.])( %)/" in err
    err = csv_of("", "step,volume,price\n0,1.5M,50\n1,900K,51\n").err
    assert "'volume' has cells such as '1.5M', not a number: sed -E 's/([0-9])[kK]/\\1e3/g;" in err


@pytest.mark.parametrize(
    ("document", "params"),
    [
        ({"data": {"values": [{"step": 0, "loss": 3}, {"step": 1, "loss": 2}]}}, ["3", "2"]),
        ({"count": 9, "views": [{"day": "x", "count": 3}, {"day": "y", "count": 2}]}, ["3", "2"]),
        ({"place": 52.5, "hourly": {"time": ["2024-01-01T00:00", "2024-01-01T01:00"], "t": [3, 2]}}, ["3", "2"]),
        ({"meta": [{"name": "loss"}, {"name": "x"}], "data": [{"loss": 3}, {"loss": 2}], "rows": 2}, ["3", "2"]),
        ({"type": "x", "features": [{"properties": {"mag": 3}}, {"properties": {"mag": 2}}]}, ["3", "2"]),
        ({"config": {"layers": [64, 64, 64]}, "result": {"loss": [3, 2]}}, ["3", "2"]),
        ({"loss": [3, 2], "best": 2, "config": {"layers": [64, 64, 64]}}, ["3", "2"]),
        (
            {
                "status": "ok",
                "data": {"result": [{"metric": {"job": "a"}, "values": [[STAMP, "3"], [STAMP + 9, "2"]]}]},
            },
            ["3", "2"],
        ),
        ({"data": {"result": [{"metric": {"job": "a"}, "value": [STAMP, "3"]}]}}, ["3"]),
        ([{"target": "cpu", "datapoints": [[3, STAMP], [2, STAMP + 9]]}], ["3", "2"]),
        (
            {
                "results": [
                    {"series": [{"name": "cpu", "columns": ["time", "v"], "values": [["2024-01-01T00:00:00Z", 3]]}]}
                ]
            },
            ["3"],
        ),
        ({"labels": ["a", "b"], "datasets": [{"label": "loss", "data": [3, 2]}]}, ["3", "2"]),
        (
            {"schema": {"fields": [{"name": "index"}]}, "data": [{"index": 0, "loss": 3}, {"index": 1, "loss": 2}]},
            ["3", "2"],
        ),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_log_within_a_document(document: object, params: list[str], indent: int | None) -> None:
    """It is found at any depth, in a document of one line or many."""
    assert params == csv_of("-q", json.dumps(document, indent=indent)).column("param")


def test_series_beside_one_another_in_a_document() -> None:
    """The labels that distinguish them are columns, and a note has the option."""
    series = [{"metric": {"job": job}, "values": [[STAMP + k, f"{k}.5"] for k in range(4)]} for job in "ab"]
    assert "--by 'metric.job' separates them" in csv_of("", json.dumps({"result": series})).err


def test_a_guess_is_told() -> None:
    """A note says that a column repeats rows, that the first row may be names, or that there are shorter logs."""
    assert "; 'runs' repeats its row" in csv_of("", "match,runs,wickets\n1,3,5\n2,4,6\n").err
    assert "repeats" not in csv_of("", "step,param,runs\n1,3,5\n2,4,6\n").err
    assert "--header yes makes it the header" in csv_of("", "0\n2.5\n2.25\n").err
    assert "names" not in csv_of("--header no", "0\n2.5\n2.25\n").err
    document = {"train": {"loss": [3, 2, 1]}, "val": {"loss": [4, 3]}}
    assert "train is the longest of several logs; jq '.val' FILE" in csv_of("", json.dumps(document)).err


def test_lists_beside_records() -> None:
    """A list of equally many fractions is another log; a shape is not."""
    document = {"metrics": [{"loss": 3}, {"loss": 2}], "shape": [28, 28]}
    assert ["3", "2"] == csv_of("-q", json.dumps(document)).column("param")
    told = error_of("--decay 0.9", json.dumps({"metrics": document["metrics"], "rewards": [0.5, 1]}))
    assert "2 logs in one JSON document, 'metrics', 'rewards'" in told


def test_lists_one_after_the_other() -> None:
    """Each list is a row."""
    assert ["3", "2"] == csv_of("-q", "[0, 3]\n[1, 2]\n").column("param")
    rows = f"[{STAMP}000, 3]\n[{STAMP + 60}000, 2]\n"
    assert [("", "3"), ("", "2")] == [(row["step"], row["param"]) for row in csv_of("-q", rows).rows]


@pytest.mark.parametrize(
    "word", ["-", ".", "?", "\\N", "<NA>", "#N/A", "NaT", "#DIV/0!", "unavailable", "-nan", "****"]
)
def test_words_for_what_is_missing(word: str) -> None:
    """Databases, statistics programs and data frames have their own words."""
    text = f"step,loss\n0,1\n1,{word}\n2,3\n"
    assert "--missing skip leaves such rows out" in error_of("--decay 0.9 -q", text)
    assert ["1", "3"] == csv_of("-q --missing skip", text).column("param")


@pytest.mark.parametrize("number", ["-999", "9999.0", "9.96921e+36", "1e+20"])
def test_numbers_for_what_is_missing(number: str) -> None:
    """A number far beyond all others is noted, with the condition that leaves its rows out."""
    rows = f"date,temp\n2024-01-01,10.5\n2024-01-02,{number}\n2024-01-03,11.5\n"
    note = f"'temp' has {number}, which may mean a missing value: --where 'temp!={number}' leaves such rows out"
    assert note in csv_of("", rows).err
    assert ["10.5", "11.5"] == csv_of(["-q", "--where", f"temp!={number}"], rows).column("param")
    assert "may stand" not in csv_of("", rows.replace("10.5", f"{float(number) * 0.9}")).err


def test_a_header_that_is_taken_for_data() -> None:
    """The error names the option that reads it as a header, or the rows to delete below another."""
    assert "leave --header no out" in error_of("--decay 0.9 -q --header no", "step,loss\n0,1\n1,2\n")
    second = "at,load\nto,load\n-,%\n2024-03-05,2.5\n2024-03-06,3.5\n"
    assert error_of("--decay 0.9 -q", second).endswith("a header, 'to'; sed 2,3d FILE | ema-calc reads it")


def test_columns_without_a_value() -> None:
    """They are not params; a value that comes late is no longer ignored silently."""
    rows = "0,1,,\n1,2,,\n"
    assert ["1", "2"] == csv_of("-q", f"step,loss,val,\n{rows}").column("param")
    late = "step,loss,val\n0,1,\n1,2,\n2,3,5\n"
    assert "'val'" in csv_of("--missing skip", late).err
    many = "step,loss,val\n" + "".join(f"{step},1,\n" for step in range(2000)) + "2000,1,5\n"
    message = "<stdin>:2002: '5' is in column 'val', empty so far; --missing skip reads it, --param-column"
    outcome = run("--decay 0.9 -q -F csv", many)
    assert (1, True) == (outcome.code, message in outcome.err)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("étape;perte\n1;0,5\n2;0,25\n", "1"),
        ("에포크,손실\n1,0.5\n2,0.25\n", "1"),
        ("Epoch #,loss\n1,0.5\n2,0.25\n", "1"),
        ("epoch_no,n_iter,loss\n1,1,0.5\n1,2,0.25\n", "1"),
        ("Total Frames:,num_samples,loss\n1,8,0.5\n2,7,0.25\n", "1"),
        ("train_steps_total,loss\n1,0.5\n2,0.25\n", "1"),
        ("cur_it.,loss\n1,0.5\n2,0.25\n", "1"),
        ("step,global_step,loss\n0,5,0.5\n1,6,0.25\n0,7,0.5\n", "5"),
        ("epoch,step,loss\n1,5,0.5\n2,6,0.25\n3,5,0.5\n", "5"),
        ("步数,损失\n1,0.5\n2,0.25\n", "1"),
        ("update,num_updates,loss\n0.5,1,0.5\n0.75,2,0.25\n", "1"),
        ("<STEP>\t<TIME>\t<CLOSE>\n1\t000000\t0.5\n2\t000100\t0.25\n", "1"),
        ("train/episode,test/episode,epoch,train/loss\n5,6,1,0.5\n7,9,2,0.25\n", "1"),
        ("Epoch,Batch,loss\n3,1,0.5\n3,2,0.25\n3,3,0.5\n", "1"),
        ("a.tokens,b.tokens,loss\n32,0,0.5\n32,0,0.5\n32,1,0.5\n", ""),
        ("-1,0.5\n0,0.25\n", ""),
    ],
)
def test_names_of_steps(text: str, step: str) -> None:
    """Names in other languages and in brackets are known, and a fractional one ranks lower."""
    assert step == csv_of("-q --rule fixed", text).rows[0]["step"]


def test_dates_have_no_marks() -> None:
    """A date with points between its parts is not a number."""
    assert "marks" not in csv_of("", "day,version,loss\n01.02.2024,1.2.3,5\n02.02.2024,1.2.4,6\n").err


def test_records_by_epoch() -> None:
    """The number in the key of a record is its step, if it is called that."""
    text = '{"epoch_0": {"train": {"loss": 3}}, "epoch_1": {"train": {"loss": 2}}}'
    assert [("0", "3"), ("1", "2")] == [(row["step"], row["param"]) for row in csv_of("-q", text).rows]
    err = csv_of("", 'step,loss,grads\n0,3,"[0.1, 0.2]"\n1,2,"[0.1, 0.2]"\n').err
    assert "marks" not in err


def test_settings_before_the_records() -> None:
    """The params are those of the records with a step."""
    text = '{"version": 1, "lr": 0.1}\n{"step": 0, "loss": 2}\n{"step": 1, "loss": 1}\n'
    assert ["2", "1"] == csv_of("-q", text).column("param")


def test_points_that_may_part_thousands() -> None:
    """If each number between semicolons has a point and three digits, the note says how it is read."""
    text = "step;loss\n0;1.234\n1;1.235\n2;1.236\n"
    assert "1.234 is read with a decimal point" in csv_of("", text).err
    assert "decimal point" not in csv_of("", text.replace("1.236", "0.5")).err


def test_a_document_of_other_things() -> None:
    """Documents that only look like a log are refused."""
    for document in ({"0": 1, "x": 2, "y": {}}, {"a": {"b": ["x"], "c": [1, "y"]}}):
        assert "no log was found" in error_of("--decay 0.9", json.dumps(document, indent=1))
